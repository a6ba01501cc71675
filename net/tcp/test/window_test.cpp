// SPDX-License-Identifier: ISC
// Windows, small segments and delayed acknowledgements: RFC 9293 §3.7.4 and §3.8.6; keep-alive, §3.8.4.
#include "two_cores.hpp"

namespace mirage::tcp_protocol {
namespace {

struct open : two_cores {
  explicit open(tcp_options options = {}, path way = {}) : two_cores({}, options, 1, way) {
    establish();
    run_for(1s);
    trace.clear();
  }
};

tcp_options small_window() {
  tcp_options options;
  options.receive_buffer = options.receive_buffer_limit = 4096;
  return options;
}

const auto is_data = [](const sent_record& r) { return r.payload > 0; };
const auto is_bare = [](const sent_record& r) { return r.payload == 0; };

TEST(window, a_closed_window_is_probed_and_opens_again) {
  open both(small_window());
  both.server().reads = false;
  both.client().to_write = test::pattern(20'000);
  both.pump(0);
  both.run_for(10s);
  EXPECT_EQ(both.server_core().rcv_nxt() - sequence(1001), 4096u);
  EXPECT_GT(both.counted.zero_windows.value(), 3u);
  both.server().reads = true;
  both.pump(1);
  both.run_for(10s);
  EXPECT_TRUE(both.server().got == both.client().to_write);
}

TEST(window, probes_go_on_for_hours_as_long_as_the_peer_answers) {
  open both(small_window());
  both.server().reads = false;
  both.client().to_write = test::pattern(20'000);
  both.pump(0);
  both.run_for(3 * 3600s);
  EXPECT_FALSE(both.client_core().failure().has_value()) << "RFC 9293 MUST-37";
  const std::uint64_t probes = both.counted.zero_windows.value();
  EXPECT_LT(probes, 3u * 60 + 20) << "and back off to a minute";
  EXPECT_GT(probes, 3u * 60 - 5);
}

TEST(window, probes_without_an_answer_end_the_connection) {
  open both(small_window());
  both.server().reads = false;
  both.client().to_write = test::pattern(20'000);
  both.pump(0);
  both.run_for(10s);
  both.filter = [](int, const segment&, std::size_t, unsigned) { return false; };
  both.run_for(600s);
  EXPECT_EQ(both.client_core().failure(), v1::flow_error::timed_out);
}

TEST(window, the_first_probe_comes_after_a_timeout) {
  open both(small_window());
  both.server().reads = false;
  both.client().to_write = test::pattern(20'000);
  both.pump(0);
  both.run_until([&] { return both.server_core().rcv_nxt() - sequence(1001) == 4096; }, 5s);
  both.run_for(20ms);
  const instant closed = both.now;
  both.run_until([&] { return both.counted.zero_windows.value() == 1; }, 5s);
  EXPECT_GE(both.now - closed, 150ms);
}

TEST(window, the_congestion_window_does_not_grow_while_it_is_not_used) {
  open both;
  const std::uint32_t before = both.client_core().window().window();
  for (int i = 0; i < 50; ++i) {
    both.client().to_write += "a little";
    both.pump(0);
    both.run_for(100ms);
  }
  EXPECT_EQ(both.client_core().window().window(), before);
}

TEST(window, acknowledgements_that_come_in_one_batch_all_count) {
  open both;
  const std::uint32_t before = both.client_core().window().window();
  both.client().to_write = std::string(100'000, 'x');
  both.filter = [](int, const segment&, std::size_t, unsigned) { return false; };
  both.pump(0);
  segment ack = both.next_from(1);
  ack.window = 65535;
  for (int i = 0; i < 5; ++i) {
    ack.ack += 2u * 1448;
    ASSERT_TRUE(both.client_core().input(ack, {}, both.now));
  }
  EXPECT_EQ(both.client_core().window().window(), before + 10 * 1448) << "nothing was sent between them";
}

TEST(window, what_is_written_in_parts_leaves_in_full_segments) {
  open both;
  both.filter = [](int, const segment&, std::size_t, unsigned) { return false; };
  for (int i = 0; i < 100; ++i) {
    buffer part = bytes_of(std::string(100, 'x'));
    both.client_core().write(part, both.now);
  }
  both.pump(0);
  EXPECT_EQ(both.count_sent(0, [](const sent_record& r) { return r.payload == 1448; }), 6u);
  EXPECT_EQ(both.count_sent(0, is_data), 7u);
}

TEST(window, a_lost_opening_is_found_by_the_probe) {
  open both(small_window());
  both.server().reads = false;
  both.client().to_write = test::pattern(20'000);
  both.pump(0);
  both.run_for(5s);
  bool cut = true;
  both.filter = [&](int from, const segment&, std::size_t, unsigned) { return from == 0 || !cut; };
  both.server().reads = true;
  both.pump(1);
  both.run_for(1ms);
  cut = false;
  both.run_for(120s);
  EXPECT_TRUE(both.server().got == both.client().to_write);
}

TEST(window, the_right_edge_never_moves_back) {
  open both(small_window());
  both.server().reads = false;
  both.client().to_write = test::pattern(20'000);
  both.pump(0);
  both.run_for(2s);
  both.server().reads = true;
  both.run_for(5s);
  sequence edge{};
  bool first = true;
  for (const sent_record& each : both.trace) {
    if (each.from != 1) continue;
    const sequence now = each.head.ack + each.head.window;
    EXPECT_TRUE(first || now >= edge) << "RFC 9293 SHLD-14";
    edge = now;
    first = false;
  }
}

TEST(window, a_receiver_does_not_offer_silly_windows) {
  open both(small_window());
  both.server().reads = false;
  both.client().to_write = test::pattern(20'000);
  both.pump(0);
  both.run_for(2s);
  both.trace.clear();
  // One buffer of the peer's segment at a time.
  for (int i = 0; i < 3; ++i) {
    static_cast<void>(both.server_core().read(both.now));
    both.pump(1);
  }
  for (const sent_record& each : both.trace)
    if (each.from == 1) EXPECT_TRUE(each.head.window == 0 || each.head.window >= 1448) << each.head.window;
}

TEST(window, a_sender_does_not_fill_silly_windows) {
  open both;
  segment small = both.next_from(1);
  small.window = 0;  // scaled: nothing
  both.inject(0, small);
  both.client().to_write = test::pattern(5000);
  both.pump(0);
  EXPECT_EQ(both.count_sent(0, is_data), 0u);
  small.window = 2;  // a few hundred bytes
  both.inject(0, small);
  EXPECT_EQ(both.count_sent(0, is_data), 0u) << "RFC 9293 §3.8.6.2.1";
  both.run_for(2s);
  EXPECT_GT(both.count_sent(0, is_data), 0u) << "but the override timeout sends it";
}

TEST(window, a_window_that_shrinks_is_survived) {
  open both;
  both.client().to_write = test::pattern(8000);
  both.filter = [](int from, const segment&, std::size_t, unsigned) { return from != 0; };
  both.pump(0);
  segment shrunk = both.next_from(1);
  shrunk.ack = both.client_core().snd_una();
  shrunk.window = 0;
  both.inject(0, shrunk);
  EXPECT_EQ(both.client_core().current(), state::established);
  both.filter = {};
  both.run_for(10s);
  EXPECT_TRUE(both.server().got == both.client().to_write);
}

TEST(window, an_older_window_does_not_replace_a_newer) {
  open both;
  segment newer = both.next_from(1);
  newer.seq += 0;
  newer.window = 0;
  both.inject(0, newer);
  segment older = newer;
  older.seq = older.seq - 1u;
  older.window = 1000;
  both.inject(0, older);
  both.client().to_write = "x";
  both.pump(0);
  EXPECT_EQ(both.count_sent(0, is_data), 0u);
}

TEST(window, grows_with_what_the_application_reads) {
  open both;
  const std::uint32_t before = both.server_core().receive_capacity();
  both.client().to_write = test::pattern(4 << 20);
  both.pump(0);
  both.run_for(20s);
  EXPECT_TRUE(both.server().got == both.client().to_write);
  EXPECT_GT(both.server_core().receive_capacity(), 4 * before);
}

TEST(window, does_not_grow_while_the_application_does_not_read) {
  open both;
  const std::uint32_t before = both.server_core().receive_capacity();
  both.server().reads = false;
  both.client().to_write = test::pattern(4 << 20);
  both.pump(0);
  both.run_for(20s);
  EXPECT_EQ(both.server_core().receive_capacity(), before);
}

TEST(window, more_than_64_kib_are_on_the_way_with_scaling) {
  open both;
  both.link.delay = 100ms;
  both.client().to_write = test::pattern(8 << 20);
  both.pump(0);
  std::uint32_t most = 0;
  both.run_until([&] {
    most = std::max(most, both.client_core().snd_nxt() - both.client_core().snd_una());
    return both.server().got.size() == both.client().to_write.size();
  });
  EXPECT_GT(most, 1u << 20);
}

TEST(window, every_second_full_segment_is_acknowledged_at_once) {
  open both;
  both.client().to_write = test::pattern(10 * 1448);
  both.pump(0);
  both.run_for(15ms);
  EXPECT_GE(both.count_sent(1, is_bare), 5u);
}

TEST(window, an_acknowledgement_is_delayed_by_less_than_half_a_second) {
  open both;
  both.client().to_write = "x";
  both.pump(0);
  const instant begin = both.now;
  both.run_until([&] { return both.count_sent(1, is_bare) > 0; }, 1s);
  EXPECT_GT(both.now - begin, 10ms);
  EXPECT_LT(both.now - begin, 500ms);
}

TEST(window, an_answer_carries_the_acknowledgement) {
  open both;
  both.client().to_write = "question";
  both.pump(0);
  both.run_until([&] { return both.server().got == "question"; }, 1s);
  both.server().to_write = "answer";
  both.pump(1);
  both.run_until([&] { return both.client().got == "answer"; }, 1s);
  EXPECT_EQ(both.count_sent(1, is_bare), 0u);
}

TEST(window, nagle_holds_small_segments_back_while_something_is_on_the_way) {
  open both;
  both.client_core().set_no_delay(false);
  both.client().to_write = "a";
  both.pump(0);
  both.client().to_write += "b";
  both.pump(0);
  both.client().to_write += "c";
  both.pump(0);
  EXPECT_EQ(both.count_sent(0, is_data), 1u);
  both.run_for(1s);
  EXPECT_EQ(both.server().got, "abc");
  EXPECT_EQ(both.count_sent(0, is_data), 2u);
}

TEST(window, without_nagle_small_segments_go_at_once) {
  open both;
  both.client_core().set_no_delay(true);
  for (const char* const each : {"a", "b", "c"}) {
    both.client().to_write += each;
    both.pump(0);
  }
  EXPECT_EQ(both.count_sent(0, is_data), 3u);
}

TEST(window, the_last_byte_is_pushed) {
  open both;
  both.client().to_write = test::pattern(3 * 1448 + 10);
  both.pump(0);
  EXPECT_TRUE(both.trace.back().head.has(flag::psh));
}

TEST(window, segments_are_no_longer_than_the_path_takes) {
  open both({}, {.mtu = 1280});
  both.client().to_write = test::pattern(50'000);
  both.pump(0);
  both.run_for(5s);
  for (const sent_record& each : both.trace)
    EXPECT_LE(each.payload + header_size + size_of_options(each.head.options) + 20, 1280u);
  EXPECT_TRUE(both.server().got == both.client().to_write);
}

TEST(window, what_the_device_cuts_goes_down_in_large_pieces) {
  open both({}, {.mtu = 1500, .segment_bytes = 65535, .slices = 16});
  both.client().to_write = test::pattern(2 << 20);
  both.pump(0);
  both.run_until([&] { return both.client_core().snd_una() == both.client_core().snd_nxt(); }, 20s);
  both.client().to_write += test::pattern(200'000);
  both.pump(0);
  both.run_for(20s);
  EXPECT_TRUE(both.server().got == both.client().to_write);
  EXPECT_GT(both.largest_piece, 40'000u) << "the application writes 50000 bytes at once";
  EXPECT_LE(both.largest_piece, 65'535u);
  for (const sent_record& each : both.trace) EXPECT_LE(each.payload, 1448u);
}

TEST(window, without_such_a_device_pieces_are_segments) {
  open both;
  both.client().to_write = test::pattern(1 << 20);
  both.pump(0);
  both.run_for(20s);
  EXPECT_EQ(both.largest_piece, 1448u);
}

TEST(window, keep_alive_is_off_unless_asked_for) {
  open both;
  both.run_for(24h);
  EXPECT_TRUE(both.trace.empty());
}

TEST(window, keep_alive_probes_a_silent_peer_and_stays_while_it_answers) {
  open both;
  both.client_core().set_keep_alive(2h, both.now);
  both.pump(0);
  both.run_for(24h);
  EXPECT_FALSE(both.client_core().failure().has_value());
  EXPECT_EQ(both.count_sent(0, is_bare), 12u - 1);
  EXPECT_EQ(both.count_sent(1, is_bare), both.count_sent(0, is_bare));
}

TEST(window, keep_alive_gives_up_after_several_probes_not_after_one) {
  open both;
  both.client_core().set_keep_alive(60s, both.now);
  both.filter = [](int, const segment&, std::size_t, unsigned) { return false; };
  both.pump(0);
  EXPECT_TRUE(both.run_until([&] { return both.client_core().failure().has_value(); }, 24h));
  EXPECT_EQ(both.client_core().failure(), v1::flow_error::timed_out);
  EXPECT_GE(both.count_sent(0, is_bare), 9u) << "RFC 9293 MUST-29";
}

}  // namespace
}  // namespace mirage::tcp_protocol
