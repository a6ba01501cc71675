// SPDX-License-Identifier: ISC
#include "mirage/tcp/cubic.hpp"

#include <gtest/gtest.h>

namespace mirage::tcp_protocol {
namespace {

constexpr std::uint32_t mss = 1000;
constexpr instant start{1000s};

/// So many round trips in which everything is acknowledged.
std::uint32_t after(cubic& under, std::uint32_t window, duration length, duration round_trip) {
  for (instant now = start; now < start + length; now += round_trip)
    for (std::uint32_t left = window; left >= mss; left -= mss)
      window = under.grow(window, mss, mss, now, round_trip);
  return window;
}

TEST(cubic, keeps_seven_tenths_at_a_loss) {
  cubic made;
  EXPECT_NEAR(made.reduce(100 * mss, mss), 70 * mss, mss / 100);
}

TEST(cubic, reaches_the_old_window_again_after_k) {
  cubic made;
  const std::uint32_t reduced = made.reduce(1000 * mss, mss);
  // K is the cube root of 300 / 0.4: 9.09 s.
  const std::uint32_t half = after(made, reduced, 4s, 100ms);
  EXPECT_GT(half, 900 * mss);
  EXPECT_LT(half, 990 * mss);
  cubic again;
  const std::uint32_t whole = after(again, again.reduce(1000 * mss, mss), 9s, 100ms);
  EXPECT_NEAR(whole, 1000 * mss, 10 * mss);
}

TEST(cubic, grows_faster_and_faster_beyond_it) {
  cubic made;
  const std::uint32_t later = after(made, made.reduce(1000 * mss, mss), 18s, 100ms);
  EXPECT_GT(later, 1200 * mss);
}

TEST(cubic, leaves_room_when_it_shrinks_again) {
  cubic made;
  static_cast<void>(made.reduce(1000 * mss, mss));
  static_cast<void>(made.reduce(800 * mss, mss));
  // W_max is 0.85 of 800 segments, so the plateau lies there.
  EXPECT_NEAR(made.maximum(), 680 * 256, 256);
}

TEST(cubic, is_no_slower_than_reno_on_short_paths) {
  cubic made;
  const std::uint32_t reduced = made.reduce(20 * mss, mss);
  const std::uint32_t later = after(made, reduced, 100ms, 1ms);
  // 100 round trips of Reno with a decrease of 0.3: alpha is 0.53 segments each, and one beyond the old
  // window.
  EXPECT_GT(later, reduced + 50 * mss);
}

TEST(cubic, gains_at_most_half_a_window_in_a_round_trip) {
  cubic made;
  const std::uint32_t reduced = made.reduce(10 * mss, mss);
  std::uint32_t window = made.grow(reduced, mss, mss, start, 10ms);
  const std::uint32_t before = window;
  for (std::uint32_t left = window; left >= mss; left -= mss)
    window = made.grow(window, mss, mss, start + 1000s, 10ms);
  EXPECT_LT(window, before * 17 / 10) << "RFC 9438 §4.4";
}

}  // namespace
}  // namespace mirage::tcp_protocol
