// SPDX-License-Identifier: ISC
#include "mirage/tcp/hystart.hpp"

#include <gtest/gtest.h>

namespace mirage::tcp_protocol {
namespace {

/// One round of so many samples; true when slow start is over.
bool one_round(hystart& under, unsigned& round, duration rtt, unsigned samples = 10) {
  bool over = false;
  const sequence begin(round * 1000 + 1);
  for (unsigned i = 0; i < samples; ++i) over = under.sample(rtt, begin + i, begin + 999);
  ++round;
  return over;
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

TEST(hystart, a_few_samples_say_nothing) {
  hystart made;
  unsigned round = 0;
  one_round(made, round, 100ms);
  one_round(made, round, 200ms, 7);
  EXPECT_EQ(made.divisor(), 1u);
}

}  // namespace
}  // namespace mirage::tcp_protocol
