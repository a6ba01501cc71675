// SPDX-License-Identifier: ISC
#include "mirage/tcp/congestion.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace mirage::tcp_protocol {
namespace {

constexpr std::uint32_t mss = 1000;
constexpr instant start{1000s};

congestion made(congestion_algorithm algorithm) {
  congestion control(algorithm);
  control.set_mss(mss);
  control.start(mss, 10);
  return control;
}

/// A round trip in which everything that was sent is acknowledged, two segments at a time.
void one_round(congestion& control, instant now) {
  for (std::uint32_t left = control.window(); left >= mss; left -= std::min(left, 2 * mss))
    control.acknowledged(std::min(left, 2 * mss), now, 100ms);
}

TEST(congestion, slow_start_doubles_in_a_round_trip) {
  for (const auto algorithm : {congestion_algorithm::new_reno, congestion_algorithm::cubic}) {
    congestion control = made(algorithm);
    EXPECT_EQ(control.window(), 10 * mss);
    one_round(control, start);
    EXPECT_EQ(control.window(), 20 * mss);
  }
}

TEST(congestion, one_acknowledgement_counts_for_eight_segments_at_most) {
  congestion control = made(congestion_algorithm::cubic);
  control.acknowledged(100 * mss, start, 100ms);
  EXPECT_EQ(control.window(), 18 * mss);
}

TEST(congestion, new_reno_halves_at_a_loss) {
  congestion control = made(congestion_algorithm::new_reno);
  control.reduce(10 * mss);
  EXPECT_EQ(control.threshold(), 5 * mss);
  control.reduce(mss);
  EXPECT_EQ(control.threshold(), 2 * mss) << "not below two segments";
}

TEST(congestion, new_reno_grows_by_a_segment_a_window) {
  congestion control = made(congestion_algorithm::new_reno);
  control.reduce(10 * mss);
  control.set_window(control.threshold());
  const std::uint32_t before = control.window();
  one_round(control, start);
  EXPECT_EQ(control.window(), before + mss);
}

TEST(congestion, a_timeout_keeps_the_threshold_of_the_first) {
  congestion control = made(congestion_algorithm::new_reno);
  control.timed_out(10 * mss, false);
  EXPECT_EQ(control.window(), mss);
  EXPECT_EQ(control.threshold(), 5 * mss);
  control.timed_out(mss, true);
  EXPECT_EQ(control.threshold(), 5 * mss);
}

TEST(congestion, what_was_spurious_is_undone) {
  for (const auto algorithm : {congestion_algorithm::new_reno, congestion_algorithm::cubic}) {
    congestion control = made(algorithm);
    const congestion::saved before = control.save();
    control.timed_out(10 * mss, false);
    control.restore(before);
    EXPECT_EQ(control.window(), 10 * mss);
    EXPECT_EQ(control.threshold(), before.threshold);
  }
}

TEST(congestion, the_first_window_is_no_more_than_fifteen_thousand_bytes) {
  congestion control(congestion_algorithm::cubic);
  control.set_mss(9000);
  control.start(9000, 10);
  EXPECT_EQ(control.window(), 18000u) << "RFC 6928: but two segments at least";
}

}  // namespace
}  // namespace mirage::tcp_protocol
