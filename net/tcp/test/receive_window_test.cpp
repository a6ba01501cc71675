// SPDX-License-Identifier: ISC
#include "mirage/tcp/receive_window.hpp"

#include <gtest/gtest.h>

namespace mirage::tcp_protocol {
namespace {

constexpr instant start{1000s};

TEST(receive_window, offers_what_is_free) {
  receive_window made(10'000, 10'000);
  made.begin(sequence(1));
  EXPECT_EQ(made.offer(sequence(1), 0, 1000, 0), 10'000u);
  EXPECT_EQ(made.offer(sequence(4001), 4000, 1000, 0), 6000u);
  EXPECT_EQ(made.edge(), sequence(10'001)) << "nothing was read";
}

TEST(receive_window, the_edge_moves_by_a_segment_at_least) {
  receive_window made(10'000, 10'000);
  made.begin(sequence(1));
  static_cast<void>(made.offer(sequence(1), 0, 1000, 0));
  EXPECT_EQ(made.offer(sequence(10'001), 9500, 1000, 0), 0u) << "500 bytes are not worth it";
  EXPECT_FALSE(made.worth_telling(sequence(10'001), 9500, 1000));
  EXPECT_TRUE(made.worth_telling(sequence(10'001), 5000, 1000));
  EXPECT_EQ(made.offer(sequence(10'001), 5000, 1000, 0), 5000u);
}

TEST(receive_window, a_small_capacity_opens_by_half) {
  receive_window made(1000, 1000);
  made.begin(sequence(1));
  static_cast<void>(made.offer(sequence(1), 0, 1460, 0));
  EXPECT_TRUE(made.worth_telling(sequence(1001), 500, 1460));
  EXPECT_EQ(made.offer(sequence(1001), 500, 1460, 0), 500u);
}

TEST(receive_window, grows_to_four_times_what_is_read_in_a_round_trip) {
  receive_window made(10'000, 100'000);
  made.read(5000, start, 100ms);
  EXPECT_EQ(made.capacity(), 20'000u);
  made.read(5000, start + 200ms, 100ms);
  EXPECT_EQ(made.capacity(), 20'000u);
  made.read(60'000, start + 250ms, 100ms);
  EXPECT_EQ(made.capacity(), 100'000u) << "the limit";
}

TEST(receive_window, does_not_grow_without_a_round_trip_time) {
  receive_window made(10'000, 100'000);
  made.read(50'000, start, duration{});
  EXPECT_EQ(made.capacity(), 10'000u);
}

}  // namespace
}  // namespace mirage::tcp_protocol
