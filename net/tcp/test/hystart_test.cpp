// SPDX-License-Identifier: ISC
#include "mirage/tcp/hystart.hpp"

#include <gtest/gtest.h>

namespace mirage::tcp_protocol {
namespace {

constexpr instant start{1000s};

/// One round of so many samples; true when slow start is over.
bool one_round(hystart& under, unsigned& round, duration rtt, unsigned samples = 10) {
  bool over = false;
  const sequence begin(round * 1000 + 1);
  for (unsigned i = 0; i < samples; ++i) over = under.sample(rtt, begin + i, begin + 999, start);
  ++round;
  return over;
}

/// After a first round of that round-trip time, acknowledgements of the second, so far from each other: how
/// long it takes until slow start is over; `never`, as a duration, if that is after `most` of them.
duration train(duration rtt, duration apart, unsigned most = 100) {
  hystart made;
  unsigned round = 0;
  one_round(made, round, rtt);
  const sequence begin(round * 1000 + 1);
  for (unsigned i = 0; i < most; ++i) {
    const instant now = start + i * apart;
    made.sample(rtt, begin + i, begin + 999, now);
    if (made.follow_train(now)) return now - start;
  }
  return duration::max();
}

TEST(hystart, ends_slow_start_when_round_trips_grow) {
  hystart made;
  unsigned round = 0;
  EXPECT_FALSE(one_round(made, round, 100ms));
  EXPECT_FALSE(one_round(made, round, 101ms));
  EXPECT_EQ(made.divisor(), 1u);
  EXPECT_FALSE(one_round(made, round, 120ms));
  EXPECT_EQ(made.divisor(), 4u) << "conservative slow start";
  bool over = false;
  for (int i = 0; i < 6 && !over; ++i) over = one_round(made, round, 130ms);
  EXPECT_TRUE(over);
}

TEST(hystart, goes_on_when_round_trips_shrink_again) {
  hystart made;
  unsigned round = 0;
  one_round(made, round, 100ms);
  one_round(made, round, 120ms);
  EXPECT_EQ(made.divisor(), 4u);
  one_round(made, round, 100ms);
  EXPECT_EQ(made.divisor(), 1u);
}

TEST(hystart, ends_slow_start_when_acknowledgements_take_half_a_round_trip) {
  EXPECT_EQ(train(40ms, 1ms), duration(20ms));
  EXPECT_EQ(train(100ms, 5ms), duration(50ms)) << "on a slow path they are farther from each other";
  EXPECT_EQ(train(40ms, 1ms, 20), duration::max()) << "all came in less";
}

TEST(hystart, a_gap_ends_the_train) {
  EXPECT_EQ(train(40ms, 3ms), duration::max());
  EXPECT_EQ(train(100ms, 7ms), duration::max());
}

TEST(hystart, a_few_acknowledgements_are_no_train) { EXPECT_EQ(train(10ms, 2ms, 7), duration::max()); }

TEST(hystart, on_a_short_path_a_train_takes_four_milliseconds) {
  EXPECT_EQ(train(100us, 50us), duration(4ms));
}

TEST(hystart, the_first_round_has_no_train) {
  hystart made;
  for (unsigned i = 0; i < 100; ++i) {
    made.sample(40ms, sequence(i), sequence(999), start + i * 1ms);
    EXPECT_FALSE(made.follow_train(start + i * 1ms));
  }
}

TEST(hystart, a_few_samples_say_nothing) {
  hystart made;
  unsigned round = 0;
  one_round(made, round, 100ms);
  one_round(made, round, 200ms, 7);
  EXPECT_EQ(made.divisor(), 1u);
}

}  // namespace
}  // namespace mirage::tcp_protocol
