// SPDX-License-Identifier: ISC
#include "mirage/tcp/rtt_estimator.hpp"

#include <gtest/gtest.h>

namespace mirage::tcp_protocol {
namespace {

constexpr rtt_estimator::bounds usual{200ms, 60s};
constexpr instant start{1000s};

TEST(rtt_estimator, begins_with_a_second) {
  rtt_estimator made;
  EXPECT_FALSE(made.has_sample());
  EXPECT_EQ(made.timeout(usual), 1s);
}

TEST(rtt_estimator, takes_the_first_sample_whole) {
  rtt_estimator made;
  made.sample(400ms, 1, start);
  EXPECT_EQ(made.smoothed(), 400ms);
  EXPECT_EQ(made.timeout(usual), 400ms + 4 * 200ms);
}

TEST(rtt_estimator, follows_later_samples_slowly) {
  rtt_estimator made;
  made.sample(400ms, 1, start);
  made.sample(800ms, 1, start + 1s);
  EXPECT_EQ(made.smoothed(), 450ms);
  EXPECT_EQ(made.timeout(usual), 450ms + 4 * 250ms);
}

TEST(rtt_estimator, many_samples_a_round_weigh_less_each) {
  rtt_estimator few;
  rtt_estimator many;
  for (rtt_estimator* each : {&few, &many}) each->sample(100ms, 1, start);
  few.sample(200ms, 1, start);
  many.sample(200ms, 20, start);
  EXPECT_LT(many.smoothed(), few.smoothed());
}

TEST(rtt_estimator, stays_within_its_bounds) {
  rtt_estimator made;
  for (int i = 0; i < 100; ++i) made.sample(1ms, 1, start);
  EXPECT_EQ(made.timeout(usual), 201ms) << "a smoothed round trip and the least spread";
  for (int i = 0; i < 20; ++i) made.back_off();
  EXPECT_EQ(made.timeout(usual), 60s);
  made.sample(1ms, 1, start);
  EXPECT_EQ(made.timeout(usual), 201ms) << "a sample ends the backoff";
}

TEST(rtt_estimator, knows_the_lowest_of_the_last_seconds) {
  rtt_estimator made;
  made.sample(10ms, 1, start);
  made.sample(50ms, 1, start + 1s);
  EXPECT_EQ(made.lowest(), 10ms);
  for (int i = 2; i < 40; ++i) made.sample(50ms, 1, start + i * 1s);
  EXPECT_EQ(made.lowest(), 50ms) << "the path is longer now";
}

}  // namespace
}  // namespace mirage::tcp_protocol
