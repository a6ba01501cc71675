// SPDX-License-Identifier: ISC
#include "mirage/tcp/proportional_reduction.hpp"

#include <gtest/gtest.h>

namespace mirage::tcp_protocol {
namespace {

constexpr std::uint32_t mss = 1000;

TEST(proportional_reduction, sends_the_first_lost_segment_at_once) {
  proportional_reduction made;
  made.begin(20 * mss);
  EXPECT_GE(made.window(mss, 18 * mss, 14 * mss, mss, false), 18 * mss + mss);
}

TEST(proportional_reduction, ends_at_the_threshold) {
  proportional_reduction made;
  made.begin(20 * mss);
  std::uint32_t in_flight = 19 * mss;
  for (int i = 0; i < 40; ++i) {
    in_flight -= mss;
    const std::uint32_t window = made.window(mss, in_flight, 10 * mss, mss, false);
    while (in_flight + mss <= window) {
      in_flight += mss;
      made.sent(mss);
    }
  }
  EXPECT_NEAR(in_flight, 10 * mss, mss);
}

TEST(proportional_reduction, replaces_what_arrives_though_retransmissions_were_lost) {
  proportional_reduction made;
  made.begin(20 * mss);
  made.sent(10 * mss);
  EXPECT_EQ(made.window(mss, 2 * mss, 10 * mss, mss, false), 3 * mss);
  EXPECT_EQ(made.window(mss, 2 * mss, 10 * mss, mss, true), 4 * mss) << "one more where SND.UNA moves";
}

}  // namespace
}  // namespace mirage::tcp_protocol
