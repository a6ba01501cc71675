// SPDX-License-Identifier: ISC
#include "mirage/tcp/send_queue.hpp"

#include <gtest/gtest.h>

#include <string>

#include "mirage/test/suites/suite.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage::tcp_protocol {
namespace {

constexpr instant start{1000s};
constexpr auto nobody = [](const sent_segment&) {};

struct send_queue_test : testing::Test {
  test::virtual_node node;
  tcp_options options;
  statistics counted{"test"};
  resources shared{options, counted};
  tcp_protocol::send_queue queue{shared};

  send_queue_test() { queue.begin(sequence(100)); }
  void write(std::string_view text) {
    buffer data = test::buffer_of(text);
    EXPECT_EQ(queue.append(data, 1 << 20), text.size());
  }
  std::string bytes(tcp_protocol::send_queue::place from, std::uint32_t length) {
    std::vector<std::byte> memory(length);
    tcp_protocol::send_queue::copy(from, memory);
    return std::string(as_text(memory));
  }
};

using send_queue = send_queue_test;

TEST_F(send_queue, gives_the_bytes_wherever_they_lie) {
  write("hello ");
  write("wide ");
  write("world");
  EXPECT_EQ(bytes(queue.next_unsent(), 16), "hello wide world");
  ASSERT_TRUE(queue.sent(8, false, start, 0));
  EXPECT_EQ(bytes(queue.next_unsent(), 8), "de world");
  ASSERT_TRUE(queue.sent(8, false, start, 0));
  EXPECT_EQ(bytes({queue.last()->data, queue.last()->offset}, 8), "de world");
  EXPECT_EQ(queue.unsent(), 0u);
  EXPECT_EQ(queue.outstanding(), 16u);
}

TEST_F(send_queue, takes_no_more_than_there_is_room_for) {
  buffer data = test::buffer_of("0123456789");
  EXPECT_EQ(queue.append(data, 4), 4u);
  EXPECT_EQ(data.text(), "456789");
  EXPECT_EQ(queue.append(data, 0), 0u);
}

TEST_F(send_queue, gathers_references) {
  write("abc");
  write("defgh");
  EXPECT_EQ(tcp_protocol::send_queue::bytes_in(queue.next_unsent(), 8, 1), 3u);
  EXPECT_EQ(tcp_protocol::send_queue::bytes_in(queue.next_unsent(), 6, 2), 6u);
  buffer_list list;
  tcp_protocol::send_queue::gather(queue.next_unsent(), 6, list);
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].text(), "abc");
  EXPECT_EQ(list[1].text(), "def");
}

TEST_F(send_queue, a_part_that_is_acknowledged_goes) {
  write("0123456789");
  ASSERT_TRUE(queue.sent(10, false, start, 0));
  EXPECT_EQ(queue.acknowledge(sequence(104), nobody), 4u);
  EXPECT_EQ(queue.una(), sequence(104));
  EXPECT_EQ(bytes({queue.first()->data, queue.first()->offset}, 6), "456789");
  EXPECT_EQ(queue.held(), 6u);
  EXPECT_EQ(queue.acknowledge(sequence(110), nobody), 6u);
  EXPECT_EQ(queue.first(), nullptr);
  EXPECT_EQ(shared.chunks.live(), 0u);
}

TEST_F(send_queue, counts_what_is_on_the_way) {
  write(std::string(40, 'x'));
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(queue.sent(10, false, start, 0));
  EXPECT_EQ(queue.in_flight(), 40u);
  EXPECT_EQ(queue.sack(sequence(120), sequence(130), nobody), 10u);
  EXPECT_EQ(queue.in_flight(), 30u);
  queue.mark_lost(*queue.first());
  EXPECT_EQ(queue.in_flight(), 20u);
  EXPECT_EQ(queue.first_lost(), queue.first());
  queue.sent_again(*queue.first(), 10, start + 1s);
  EXPECT_EQ(queue.in_flight(), 30u);
  EXPECT_EQ(queue.first_lost(), nullptr);
  EXPECT_EQ(queue.acknowledge(sequence(140), nobody), 30u) << "ten were known already";
  EXPECT_EQ(queue.in_flight(), 0u);
}

TEST_F(send_queue, a_block_may_cover_parts_of_what_was_sent_at_once) {
  write(std::string(30, 'x'));
  ASSERT_TRUE(queue.sent(30, false, start, 0));
  EXPECT_EQ(queue.sack(sequence(110), sequence(115), nobody), 5u);
  EXPECT_EQ(queue.sacked(), 5u);
  EXPECT_EQ(queue.sack(sequence(110), sequence(120), nobody), 5u);
  EXPECT_EQ(queue.in_flight(), 20u);
  unsigned entries = 0;
  for (const sent_segment* at = queue.first(); at != nullptr; at = at->next) ++entries;
  EXPECT_EQ(entries, 3u);
}

TEST_F(send_queue, what_is_sacked_side_by_side_is_one_entry) {
  write(std::string(100, 'x'));
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(queue.sent(10, false, start + i * 1ms, 0));
  const auto entries = [&] { return shared.segments.live(); };
  EXPECT_EQ(queue.sack(sequence(120), sequence(130), nobody), 10u);
  EXPECT_EQ(queue.sack(sequence(140), sequence(150), nobody), 10u);
  EXPECT_EQ(entries(), 10u);
  EXPECT_EQ(queue.sack(sequence(120), sequence(150), nobody), 10u);
  EXPECT_EQ(entries(), 8u);
  EXPECT_EQ(queue.sack(sequence(110), sequence(200), nobody), 60u) << "what was known does not count again";
  EXPECT_EQ(entries(), 2u);
  EXPECT_EQ(queue.last()->length, 90u);
  EXPECT_EQ(queue.sacked(), 90u);
  EXPECT_EQ(bytes({queue.last()->data, queue.last()->offset}, 90), std::string(90, 'x'));
  EXPECT_EQ(queue.acknowledge(sequence(200), nobody), 10u);
  EXPECT_EQ(entries(), 0u);
}

TEST_F(send_queue, blocks_are_found_wherever_they_lie) {
  write(std::string(1000, 'x'));
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(queue.sent(10, false, start + i * 1ms, 0));
  std::uint32_t fresh = 0;
  for (const std::uint32_t at : {900u, 150u, 600u, 500u, 140u, 1090u, 100u, 880u}) {
    EXPECT_EQ(queue.sack(sequence(at), sequence(at + 10), nobody), 10u) << at;
    EXPECT_EQ(queue.sack(sequence(at), sequence(at + 10), nobody), 0u) << at;
    fresh += 10;
  }
  EXPECT_EQ(queue.acknowledge(sequence(890), nobody), 790u - 60u);
  EXPECT_EQ(queue.sack(sequence(950), sequence(960), nobody), 10u) << "where the last one lay is gone";
  EXPECT_EQ(queue.sacked(), fresh + 10 - 60);
}

TEST_F(send_queue, knows_what_was_sent_first_whatever_its_place) {
  write(std::string(50, 'x'));
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(queue.sent(10, false, start + i * 1ms, 0));
  const auto oldest = [&] {
    std::string places;
    for (const sent_segment* at = queue.oldest(); at != nullptr; at = at->newer)
      places += std::to_string((at->begin - sequence(100)) / 10);
    return places;
  };
  EXPECT_EQ(oldest(), "01234");
  queue.mark_lost(*queue.first());
  EXPECT_EQ(oldest(), "1234");
  queue.sent_again(*queue.first(), 10, start + 10ms);
  EXPECT_EQ(oldest(), "12340");
  EXPECT_EQ(queue.sack(sequence(120), sequence(130), nobody), 10u);
  EXPECT_EQ(oldest(), "1340");
  ASSERT_TRUE(queue.split(*queue.first(), 5));
  EXPECT_EQ(oldest(), "13400");
  queue.mark_all_lost(false);
  EXPECT_EQ(oldest(), "");
  queue.unmark_all_lost();
  EXPECT_EQ(oldest(), "13400");
}

TEST_F(send_queue, what_leaves_at_one_time_is_one_entry) {
  write(std::string(100, 'x'));
  ASSERT_TRUE(queue.sent(10, false, start, 25));
  ASSERT_TRUE(queue.sent(10, false, start, 25));
  EXPECT_EQ(queue.first(), queue.last());
  ASSERT_TRUE(queue.sent(10, false, start, 25)) << "too long for one";
  ASSERT_TRUE(queue.sent(10, false, start + 1ms, 25)) << "later";
  EXPECT_EQ(shared.segments.live(), 3u);
}

TEST_F(send_queue, a_fin_takes_a_number) {
  write("ab");
  ASSERT_TRUE(queue.sent(2, true, start, 0));
  EXPECT_EQ(queue.nxt(), sequence(103));
  EXPECT_EQ(queue.first()->payload(), 2u);
  EXPECT_EQ(queue.acknowledge(sequence(103), nobody), 3u);
  EXPECT_EQ(queue.outstanding(), 0u);
}

TEST_F(send_queue, what_a_peer_without_sack_presumably_has_does_not_count) {
  write(std::string(40, 'x'));
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(queue.sent(10, false, start, 0));
  queue.set_presumed(20);
  EXPECT_EQ(queue.in_flight(), 20u);
  queue.set_presumed(1000);
  EXPECT_EQ(queue.in_flight(), 0u);
  queue.set_presumed(0);
  EXPECT_EQ(queue.in_flight(), 40u);
}

}  // namespace
}  // namespace mirage::tcp_protocol
