// SPDX-License-Identifier: ISC
#include "mirage/tcp/proportional_reduction.hpp"

#include <gtest/gtest.h>

namespace mirage::tcp_protocol {
namespace {

constexpr std::uint32_t mss = 1000;

TEST(proportional_reduction, sends_the_first_lost_segment_at_once) {
  proportional_reduction made;
  made.begin(20 * mss);
  EXPECT_GE(made.window({.arrived = mss, .in_flight = 18 * mss}, 14 * mss, mss), 18 * mss + mss);
}

TEST(proportional_reduction, ends_at_the_threshold) {
  proportional_reduction made;
  made.begin(20 * mss);
  std::uint32_t in_flight = 19 * mss;
  for (int i = 0; i < 40; ++i) {
    in_flight -= mss;
    const std::uint32_t window = made.window({.arrived = mss, .in_flight = in_flight}, 10 * mss, mss);
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
  EXPECT_EQ(made.window({.arrived = mss, .in_flight = 2 * mss}, 10 * mss, mss), 3 * mss);
  EXPECT_EQ(made.window({.arrived = mss, .in_flight = 2 * mss, .progress = true}, 10 * mss, mss), 4 * mss)
      << "one more where SND.UNA moves";
}

TEST(proportional_reduction, what_several_acknowledgements_allow_adds_up) {
  proportional_reduction made;
  made.begin(20 * mss);
  made.sent(10 * mss);
  // Nothing is sent between them, as they came in one batch.
  const std::uint32_t first =
      made.window({.arrived = mss, .in_flight = mss, .progress = true}, 10 * mss, mss);
  EXPECT_EQ(first, 3 * mss);
  const proportional_reduction::acknowledgement second{
      .arrived = mss, .in_flight = 0, .unused = first - mss, .progress = true};
  EXPECT_EQ(made.window(second, 10 * mss, mss), 4 * mss) << "each lets two segments go";
}

}  // namespace
}  // namespace mirage::tcp_protocol
