// SPDX-License-Identifier: ISC
#include <mirage/core/coalescing.hpp>

#include <gtest/gtest.h>

namespace mirage {
namespace {

struct coalescing : testing::Test {
  coalescing_policy policy;
  instant now{1000s};

  /// `length` with an event source ready every `gap`.
  void load(duration length, duration gap) {
    for (const instant end = now + length; now < end; now += gap) policy.observe(now, 1);
  }
  void silence(duration length) {
    now += length;
    policy.observe(now, 0);
  }
};

TEST_F(coalescing, starts_without_waiting) { EXPECT_EQ(policy.window(), 0s); }

TEST_F(coalescing, never_waits_under_low_load) {
  load(100ms, 1ms);
  EXPECT_EQ(policy.window(), 0s);
  load(100ms, 50us);
  EXPECT_EQ(policy.window(), 0s) << "less than two events in the time that would be waited";
}

TEST_F(coalescing, gathers_when_several_events_are_expected_in_the_time) {
  load(10ms, 5us);
  EXPECT_GT(policy.window(), 0s);
  EXPECT_EQ(policy.window(), policy.limit());
}

TEST_F(coalescing, stops_when_the_load_falls) {
  load(10ms, 2us);
  EXPECT_GT(policy.window(), 0s);
  silence(20ms);
  EXPECT_EQ(policy.window(), 0s);
  load(10ms, 2us);
  EXPECT_GT(policy.window(), 0s);
  load(10ms, 100us);
  EXPECT_EQ(policy.window(), 0s);
}

TEST_F(coalescing, a_burst_is_forgotten_after_a_quiet_period) {
  load(5ms, 1ms);
  policy.observe(now, 1000);
  silence(100ms);
  EXPECT_EQ(policy.window(), 0s);
  silence(10s);
  EXPECT_EQ(policy.window(), 0s);
}

TEST_F(coalescing, decides_once_a_millisecond) {
  load(10ms, 1ms);
  for (int i = 0; i < 400; ++i) policy.observe(now += 2us, 1);
  EXPECT_EQ(policy.window(), 0s);
  for (int i = 0; i < 400; ++i) policy.observe(now += 2us, 1);
  EXPECT_GT(policy.window(), 0s);
}

TEST_F(coalescing, several_sources_in_one_round_are_load_too) {
  for (int i = 0; i < 400; ++i) policy.observe(now += 10us, 2);
  EXPECT_GT(policy.window(), 0s);
}

TEST_F(coalescing, does_not_wait_for_a_little_more_than_a_large_batch) {
  for (int i = 0; i < 400; ++i) policy.observe(now += 2ms, 400);
  EXPECT_EQ(policy.window(), 0s) << "four hundred are there, forty more would come";
}

TEST_F(coalescing, goes_on_waiting_when_the_batches_have_grown_by_it) {
  load(10ms, 5us);
  EXPECT_GT(policy.window(), 0s);
  for (int i = 0; i < 400; ++i) policy.observe(now += 25us, 5);
  EXPECT_GT(policy.window(), 0s);
}

TEST_F(coalescing, waits_longer_the_more_is_expected) {
  policy.set_limit(400us, 40);
  load(10ms, 50us);
  EXPECT_EQ(policy.window(), 0s) << "80 us would be waited, for one or two events";
  load(10ms, 20us);
  EXPECT_GE(policy.window(), 180us);
  EXPECT_LE(policy.window(), 220us) << "of twenty expected, half of the time is taken";
  load(10ms, 5us);
  EXPECT_EQ(policy.window(), 400us);
}

TEST_F(coalescing, can_be_switched_off_and_set) {
  policy.set_limit(0s, 2);
  load(10ms, 1us);
  EXPECT_EQ(policy.window(), 0s);
  policy.set_limit(100us, 2);
  load(10ms, 40us);
  EXPECT_EQ(policy.window(), 100us);
}

}  // namespace
}  // namespace mirage
