// SPDX-License-Identifier: ISC
// Opening: RFC 9293 §3.5, §3.10.7.3 and what SYNs agree upon.
#include "two_cores.hpp"

namespace mirage::tcp_protocol {
namespace {

segment syn_of(std::uint32_t seq) {
  segment made;
  made.seq = sequence(seq);
  made.flags = flag::syn;
  made.window = 65535;
  made.options.mss = 1460;
  return made;
}

TEST(handshake, simultaneous_open_ends_established) {
  two_cores both;
  both.client_core().connect(both.now);
  both.server_core().connect(both.now);
  both.pump(0);
  both.pump(1);
  both.run_for(1s);
  EXPECT_EQ(both.client_core().current(), state::established);
  EXPECT_EQ(both.server_core().current(), state::established);
  both.client().to_write = "to you";
  both.server().to_write = "and to you";
  both.pump(0);
  both.pump(1);
  both.run_for(1s);
  EXPECT_EQ(both.server().got, "to you");
  EXPECT_EQ(both.client().got, "and to you");
}

TEST(handshake, a_lost_syn_is_sent_again_after_a_second_then_with_backoff) {
  two_cores both;
  both.filter = [](int, const segment&, std::size_t, unsigned number) { return number >= 3; };
  both.connect();
  both.run_for(20s);
  EXPECT_EQ(both.client_core().current(), state::established);
  ASSERT_GE(both.trace.size(), 4u);
  EXPECT_EQ(both.trace[1].at - both.trace[0].at, 1s);
  EXPECT_EQ(both.trace[2].at - both.trace[1].at, 2s);
  EXPECT_EQ(both.trace[3].at - both.trace[2].at, 4s);
}

TEST(handshake, a_lost_syn_ack_is_sent_again_when_the_syn_comes_again) {
  two_cores both;
  both.filter = [](int from, const segment&, std::size_t, unsigned number) {
    return from == 0 || number > 0;
  };
  both.connect();
  both.run_for(1100ms);
  EXPECT_EQ(both.client_core().current(), state::established);
  EXPECT_EQ(both.server_core().current(), state::established);
}

TEST(handshake, connecting_is_given_up_after_three_minutes) {
  two_cores both;
  both.filter = [](int, const segment&, std::size_t, unsigned) { return false; };
  both.connect();
  const instant begin = both.now;
  EXPECT_TRUE(both.run_until([&] { return both.client_core().current() == state::closed; }));
  EXPECT_GE(both.now - begin, 180s) << "RFC 9293 MUST-23";
  EXPECT_LE(both.now - begin, 200s);
  EXPECT_EQ(both.client_core().failure(), v1::flow_error::timed_out);
}

TEST(handshake, a_half_open_connection_is_given_up) {
  two_cores both;
  both.filter = [](int from, const segment&, std::size_t, unsigned number) {
    return from == 0 && number == 0;
  };
  both.connect();
  both.run_for(10 * 60s);
  EXPECT_EQ(both.server_core().current(), state::closed);
  EXPECT_EQ(both.count_sent(1, [](const sent_record& r) { return r.head.has(flag::syn); }), 6u);
}

TEST(handshake, a_reset_with_the_right_acknowledgement_refuses) {
  two_cores both;
  both.connect();
  segment reset;
  reset.flags = flag::rst | flag::ack;
  reset.ack = sequence(1000);
  both.inject(0, reset);
  EXPECT_EQ(both.client_core().current(), state::syn_sent) << "it acknowledges something else";
  reset.flags = flag::rst;
  reset.ack = sequence(1001);
  both.inject(0, reset);
  EXPECT_EQ(both.client_core().current(), state::syn_sent) << "it acknowledges nothing";
  reset.flags = flag::rst | flag::ack;
  both.inject(0, reset);
  EXPECT_EQ(both.client_core().failure(), v1::flow_error::refused);
}

TEST(handshake, an_acknowledgement_of_something_else_is_answered_with_a_reset) {
  two_cores both;
  both.connect();
  segment wrong = syn_of(5);
  wrong.flags = flag::syn | flag::ack;
  wrong.ack = sequence(999);
  both.inject(0, wrong);
  EXPECT_EQ(both.refused, 1u);
  EXPECT_EQ(both.client_core().current(), state::syn_sent);
}

TEST(handshake, a_wrong_last_acknowledgement_is_answered_with_a_reset) {
  two_cores both;
  both.server_core().accept(syn_of(500), both.now);
  both.pump(1);
  segment last;
  last.seq = sequence(501);
  last.ack = sequence(4'000'000'005);
  last.flags = flag::ack;
  both.inject(1, last);
  EXPECT_EQ(both.refused, 1u);
  EXPECT_EQ(both.server_core().current(), state::syn_received);
  last.ack = sequence(4'000'000'001);
  both.inject(1, last);
  EXPECT_EQ(both.server_core().current(), state::established);
}

TEST(handshake, a_reset_ends_a_passive_open) {
  two_cores both;
  both.server_core().accept(syn_of(500), both.now);
  both.pump(1);
  segment reset;
  reset.seq = sequence(501);
  reset.flags = flag::rst;
  both.inject(1, reset);
  EXPECT_EQ(both.server_core().current(), state::closed);
}

TEST(handshake, options_are_agreed_upon_only_where_both_have_them) {
  for (unsigned which = 0; which < 16; ++which) {
    two_cores both;
    both.server_core().accept(syn_of(500), both.now);
    EXPECT_FALSE(both.server_core().agreed().sack);
    EXPECT_FALSE(both.server_core().agreed().timestamps);
    EXPECT_FALSE(both.server_core().agreed().scaling);
    two_cores other;
    segment syn = syn_of(500);
    syn.options.sack_permitted = (which & 1) != 0;
    if ((which & 2) != 0) syn.options.times = timestamps{1, 0};
    if ((which & 4) != 0) syn.options.window_scale = std::uint8_t{5};
    if ((which & 8) != 0) syn.flags |= flag::ece | flag::cwr;
    other.server_core().accept(syn, other.now);
    other.pump(1);
    const agreement& agreed = other.server_core().agreed();
    EXPECT_EQ(agreed.sack, (which & 1) != 0);
    EXPECT_EQ(agreed.timestamps, (which & 2) != 0);
    EXPECT_EQ(agreed.scaling, (which & 4) != 0);
    EXPECT_EQ(agreed.ecn, (which & 8) != 0);
    const segment& answer = other.trace.back().head;
    EXPECT_EQ(answer.options.sack_permitted, agreed.sack);
    EXPECT_EQ(answer.options.times.has_value(), agreed.timestamps);
    EXPECT_EQ(answer.options.window_scale.has_value(), agreed.scaling);
    EXPECT_EQ(answer.has(flag::ece), agreed.ecn);
  }
}

TEST(handshake, without_an_mss_option_segments_are_of_536_bytes) {
  two_cores both;
  segment syn = syn_of(500);
  syn.options.mss.reset();
  both.server_core().accept(syn, both.now);
  both.pump(1);
  segment last;
  last.seq = sequence(501);
  last.ack = both.server_core().snd_nxt();
  last.flags = flag::ack;
  last.window = 65535;
  both.server().to_write = std::string(5000, 'x');
  both.inject(1, last);
  EXPECT_EQ(both.server_core().send_mss(), 536);
  for (const sent_record& each : both.trace) EXPECT_LE(each.payload, 536u);
}

TEST(handshake, every_syn_says_the_mss) {
  two_cores both({}, {}, 1, {.mtu = 9000});
  both.establish();
  for (int from = 0; from < 2; ++from)
    EXPECT_EQ(
        both.count_sent(
            from, [](const sent_record& r) { return r.head.has(flag::syn) && r.head.options.mss == 8960; }),
        1u);
}

TEST(handshake, only_syns_say_the_mss) {
  two_cores both;
  both.client().to_write = "data";
  both.client().shuts_down = both.server().shuts_down = true;
  both.connect();
  both.run_for(1s);
  EXPECT_GE(both.trace.size(), 5u);
  for (const sent_record& each : both.trace) {
    EXPECT_EQ(each.head.options.mss.has_value(), each.head.has(flag::syn));
    EXPECT_EQ(each.head.options.sack_permitted, each.head.has(flag::syn));
    EXPECT_EQ(each.head.options.window_scale.has_value(), each.head.has(flag::syn));
  }
}

TEST(handshake, the_window_of_a_syn_is_not_scaled) {
  tcp_options options;
  options.receive_buffer = 1 << 20;
  two_cores both({}, options);
  both.establish();
  EXPECT_EQ(both.trace[0].head.window, 65535);
  EXPECT_EQ(both.trace[1].head.window, 65535);
  EXPECT_GT(both.trace[0].head.options.window_scale.value_or(0), 0);
}

TEST(handshake, a_scale_of_more_than_fourteen_counts_as_fourteen) {
  const std::array<std::byte, 4> written{std::byte{1}, std::byte{3}, std::byte{3}, std::byte{20}};
  segment_options read;
  ASSERT_TRUE(parse_options(written, read));
  EXPECT_EQ(read.window_scale, std::uint8_t{14});
}

TEST(handshake, a_syn_without_ecn_follows_when_the_first_is_lost) {
  two_cores both;
  both.filter = [](int, const segment&, std::size_t, unsigned number) { return number > 0; };
  both.connect();
  both.run_for(5s);
  EXPECT_TRUE(both.trace[0].head.has(flag::ece) && both.trace[0].head.has(flag::cwr));
  EXPECT_FALSE(both.trace[1].head.has(flag::ece) || both.trace[1].head.has(flag::cwr));
  EXPECT_FALSE(both.client_core().agreed().ecn);
}

TEST(handshake, after_a_lost_syn_the_first_timeout_is_three_seconds) {
  tcp_options options;
  options.timestamps = false;
  two_cores both({}, options);
  both.filter = [](int, const segment& s, std::size_t payload, unsigned number) {
    return number > 0 && (!s.has(flag::syn) || number > 0) && payload == 0;
  };
  both.connect();
  both.run_until([&] { return both.client_core().is_synchronized(); });
  both.client().to_write = "lost";
  const instant begin = both.now;
  both.pump(0);
  both.run_until([&] { return both.counted.retransmission_timeouts.value() > 0; });
  EXPECT_GE(both.now - begin, 3s);
}

TEST(handshake, a_syn_that_was_sent_again_is_measured_by_its_timestamp) {
  for (const int loses : {0, 1}) {
    two_cores both;
    both.filter = [&](int from, const segment&, std::size_t, unsigned number) {
      return from != loses || number > 0;
    };
    both.connect();
    both.run_until(
        [&] { return both.client_core().is_synchronized() && both.server_core().is_synchronized(); });
    connection& who = loses == 0 ? both.client_core() : both.server_core();
    EXPECT_EQ(who.round_trip().smoothed().count(), duration(20ms).count());
  }
}

}  // namespace
}  // namespace mirage::tcp_protocol
