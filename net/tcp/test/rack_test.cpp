// SPDX-License-Identifier: ISC
#include "mirage/tcp/rack.hpp"

#include <gtest/gtest.h>

#include <string>

#include "mirage/test/suites/suite.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage::tcp_protocol {
namespace {

constexpr instant start{1000s};

struct rack_test : testing::Test {
  test::virtual_node node;
  tcp_options options;
  statistics counted{"test"};
  resources shared{options, counted};
  send_queue queue{shared};
  tcp_protocol::rack under;

  rack_test() {
    queue.begin(sequence(0));
    buffer data = test::buffer_of(std::string(10000, 'x'));
    EXPECT_EQ(queue.append(data, 10000), 10000u);
  }
  void send(instant at, bool split = true) { EXPECT_TRUE(queue.sent(1000, false, at, split ? 0 : 65535)); }
  void arrives(std::uint32_t begin, instant now) {
    queue.sack(sequence(begin), sequence(begin + 1000),
               [&](const sent_segment& which) { under.delivered(which, now, 100ms, false); });
  }
};

using rack = rack_test;

TEST_F(rack, nothing_is_lost_before_something_arrives) {
  send(start);
  EXPECT_FALSE(under.detect(queue, start + 10s, 0ms).has_value());
  EXPECT_EQ(queue.lost(), 0u);
}

TEST_F(rack, what_was_sent_earlier_is_lost) {
  send(start);
  send(start + 1ms);
  send(start + 2ms);
  arrives(1000, start + 101ms);
  EXPECT_FALSE(under.detect(queue, start + 101ms, 0ms).has_value());
  EXPECT_EQ(queue.lost(), 1000u);
  EXPECT_TRUE(queue.first()->lost);
  EXPECT_FALSE(queue.last()->lost) << "it was sent later";
}

TEST_F(rack, the_reordering_window_gives_time) {
  send(start);
  send(start + 1ms);
  arrives(1000, start + 101ms);
  const auto again = under.detect(queue, start + 101ms, 25ms);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(*again, 24ms) << "a round trip and the window after it was sent";
  EXPECT_EQ(queue.lost(), 0u);
  EXPECT_FALSE(under.detect(queue, start + 125ms, 25ms).has_value());
  EXPECT_EQ(queue.lost(), 1000u);
}

TEST_F(rack, of_many_that_may_be_late_the_last_is_waited_for) {
  buffer data = test::buffer_of(std::string(100'000, 'x'));
  EXPECT_EQ(queue.append(data, 100'000), 100'000u);
  for (int i = 0; i < 100; ++i) send(start + i * 1us);
  arrives(99'000, start + 100ms);
  const auto again = under.detect(queue, start + 100ms, 25ms);
  ASSERT_TRUE(again.has_value());
  EXPECT_GE(start + 100ms + *again, start + 98us + 99'901us + 25ms);
  EXPECT_FALSE(under.detect(queue, start + 100ms + *again, 25ms).has_value());
  EXPECT_EQ(queue.lost(), 99'000u);
}

TEST_F(rack, the_window_is_a_quarter_of_the_lowest_round_trip_or_nothing_when_it_is_urgent) {
  EXPECT_EQ(under.reordering_window(100ms, 80ms, false), 20ms);
  EXPECT_EQ(under.reordering_window(100ms, 80ms, true), 0ms);
  send(start);
  send(start + 1ms);
  arrives(1000, start + 101ms);
  arrives(0, start + 110ms);
  EXPECT_TRUE(under.has_seen_reordering());
  EXPECT_EQ(under.reordering_window(100ms, 80ms, true), 20ms) << "once reordering was seen";
}

TEST_F(rack, duplicates_widen_the_window_once_a_round) {
  under.duplicate_was_reported(sequence(0), sequence(1000));
  under.duplicate_was_reported(sequence(500), sequence(2000));
  EXPECT_EQ(under.reordering_window(1s, 80ms, false), 40ms);
  under.duplicate_was_reported(sequence(1000), sequence(3000));
  EXPECT_EQ(under.reordering_window(1s, 80ms, false), 60ms);
  for (int i = 0; i < 16; ++i) under.recovery_ended();
  EXPECT_EQ(under.reordering_window(1s, 80ms, false), 20ms);
}

TEST_F(rack, an_acknowledgement_of_the_first_transmission_says_nothing_of_the_second) {
  send(start);
  send(start + 1ms);
  queue.sent_again(*queue.first(), 1000, start + 150ms);
  arrives(0, start + 151ms);  // in no time
  EXPECT_FALSE(under.detect(queue, start + 151ms, 0ms).has_value());
  EXPECT_EQ(queue.lost(), 0u);
}

}  // namespace
}  // namespace mirage::tcp_protocol
