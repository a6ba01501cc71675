// SPDX-License-Identifier: ISC
// What a segment must be to be taken: RFC 9293 §3.10.7.4, RFC 5961, RFC 7323.
#include "two_cores.hpp"

namespace mirage::tcp_protocol {
namespace {

struct open : two_cores {
  explicit open(tcp_options options = {}) : two_cores({}, options) {
    establish();
    run_for(1s);
    trace.clear();
  }
  [[nodiscard]] bool answered_with_acknowledgement() const {
    return trace.size() == 1 && trace[0].head.flags == flag::ack && trace[0].payload == 0;
  }
};

TEST(segment_arrives, what_lies_outside_of_the_window_is_answered_and_not_taken) {
  open both;
  segment far = both.next_from(0);
  far.seq += 10'000'000;
  both.inject(1, far, "evil");
  EXPECT_TRUE(both.answered_with_acknowledgement());
  EXPECT_EQ(both.server().got, "");
  EXPECT_EQ(both.counted.out_of_window.value(), 1u);
}

TEST(segment_arrives, what_came_already_is_answered) {
  open both;
  both.inject(1, both.next_from(0), "once");
  segment again = both.next_from(0);
  again.seq = both.server_core().rcv_nxt() - 4u;
  both.trace.clear();
  both.inject(1, again, "once");
  EXPECT_TRUE(both.answered_with_acknowledgement());
  EXPECT_EQ(both.server().got, "once");
  ASSERT_GT(both.trace[0].head.options.sack_count, 0) << "RFC 2883";
  EXPECT_EQ(both.trace[0].head.options.sack[0].begin, again.seq);
}

TEST(segment_arrives, a_part_that_is_known_is_cut_off) {
  open both;
  both.inject(1, both.next_from(0), "abc");
  segment overlapping = both.next_from(0);
  overlapping.seq = both.server_core().rcv_nxt() - 2u;
  both.inject(1, overlapping, "bcdef");
  EXPECT_EQ(both.server().got, "abcdef");
}

TEST(segment_arrives, a_part_beyond_the_window_is_cut_off) {
  tcp_options options;
  options.receive_buffer = options.receive_buffer_limit = 4096;
  open both(options);
  both.server().reads = false;
  both.inject(1, both.next_from(0), std::string(5000, 'x'));
  EXPECT_EQ(both.server_core().rcv_nxt() - sequence(1001), 4096u);
}

TEST(segment_arrives, a_reset_counts_only_at_the_very_edge) {
  open both;
  segment reset = both.next_from(0);
  reset.flags = flag::rst;
  reset.seq += 1;
  both.inject(1, reset);
  EXPECT_EQ(both.server_core().current(), state::established);
  EXPECT_TRUE(both.answered_with_acknowledgement()) << "RFC 5961: a challenge";
  reset.seq += 100'000'000;
  both.trace.clear();
  both.inject(1, reset);
  EXPECT_TRUE(both.trace.empty()) << "outside of the window it is not answered";
  reset.seq = both.server_core().rcv_nxt();
  both.inject(1, reset);
  EXPECT_EQ(both.server_core().failure(), v1::flow_error::reset);
}

TEST(segment_arrives, a_reset_may_carry_data) {
  open both;
  segment reset = both.next_from(0);
  reset.flags = flag::rst;
  both.inject(1, reset, "why it was reset");
  EXPECT_EQ(both.server_core().failure(), v1::flow_error::reset);
  EXPECT_EQ(both.server().got, "");
}

TEST(segment_arrives, a_syn_is_answered_with_a_challenge_wherever_it_lies) {
  open both;
  segment syn = both.next_from(0);
  syn.flags = flag::syn;
  for (const std::uint32_t at : {0u, 100u, 1'000'000'000u}) {
    both.trace.clear();
    segment moved = syn;
    moved.seq += at;
    both.inject(1, moved);
    EXPECT_TRUE(both.answered_with_acknowledgement());
  }
  EXPECT_EQ(both.server_core().current(), state::established);
}

TEST(segment_arrives, challenges_are_sent_at_a_limited_rate) {
  open both;
  segment syn = both.next_from(0);
  syn.flags = flag::syn;
  for (int i = 0; i < 100; ++i) both.inject(1, syn);
  EXPECT_EQ(both.trace.size(), 10u);
  both.run_for(1s);
  both.inject(1, syn);
  EXPECT_EQ(both.trace.size(), 11u);
}

TEST(segment_arrives, an_acknowledgement_of_what_was_not_sent_is_answered_and_dropped) {
  open both;
  segment early = both.next_from(0);
  early.ack += 1;
  both.inject(1, early, "data with it");
  EXPECT_TRUE(both.answered_with_acknowledgement());
  EXPECT_EQ(both.server().got, "");
}

TEST(segment_arrives, an_acknowledgement_from_long_ago_is_answered_and_dropped) {
  open both;
  segment old = both.next_from(0);
  old.ack = old.ack - 1'000'000'000u;
  both.inject(1, old, "injected");
  EXPECT_EQ(both.server().got, "") << "RFC 5961 §5.2";
  EXPECT_EQ(both.counted.bad_acknowledgement.value(), 1u);
}

TEST(segment_arrives, what_has_no_acknowledgement_is_dropped) {
  open both;
  segment bare = both.next_from(0);
  bare.flags = 0;
  both.inject(1, bare, "bare");
  EXPECT_EQ(both.server().got, "");
  EXPECT_TRUE(both.trace.empty());
}

TEST(segment_arrives, an_old_timestamp_is_dropped_and_answered) {
  open both;
  segment old = both.next_from(0);
  old.options.times->value -= 100'000;
  both.inject(1, old, "old");
  EXPECT_EQ(both.server().got, "");
  EXPECT_TRUE(both.answered_with_acknowledgement());
  EXPECT_EQ(both.counted.old_timestamp.value(), 1u);
}

TEST(segment_arrives, after_24_days_an_old_timestamp_says_nothing) {
  open both;
  both.run_for(25 * 24h);
  segment next = both.next_from(0);
  next.options.times->value -= 3'000'000'000;
  both.inject(1, next, "still here");
  EXPECT_EQ(both.server().got, "still here");
}

TEST(segment_arrives, without_its_timestamp_a_segment_is_dropped) {
  open both;
  segment without = both.next_from(0);
  without.options.times.reset();
  both.inject(1, without, "x");
  EXPECT_EQ(both.server().got, "") << "RFC 7323 §3.2";
}

TEST(segment_arrives, a_reset_needs_no_timestamp) {
  open both;
  segment reset = both.next_from(0);
  reset.options.times.reset();
  reset.flags = flag::rst;
  both.inject(1, reset);
  EXPECT_EQ(both.server_core().failure(), v1::flow_error::reset);
}

TEST(segment_arrives, the_timestamp_to_echo_is_of_the_segment_that_moved_the_edge) {
  open both;
  const std::uint32_t before = both.server_core().recent_timestamp();
  segment ahead = both.next_from(0);
  ahead.seq += 100;
  ahead.options.times->value += 50;
  both.inject(1, ahead, "gap");
  EXPECT_EQ(both.server_core().recent_timestamp(), before) << "RFC 7323 §4.3";
  segment next = both.next_from(0);
  next.options.times->value += 60;
  both.inject(1, next, "edge");
  EXPECT_EQ(both.server_core().recent_timestamp(), next.options.times->value);
}

TEST(segment_arrives, urgent_data_is_delivered_as_any_other) {
  open both;
  segment urgent = both.next_from(0);
  urgent.flags |= flag::urg;
  both.inject(1, urgent, "urgent");
  EXPECT_EQ(both.server().got, "urgent");
}

TEST(segment_arrives, a_closed_window_lets_acknowledgements_and_resets_through) {
  tcp_options options;
  options.receive_buffer = options.receive_buffer_limit = 4096;
  open both(options);
  both.server().reads = false;
  both.inject(1, both.next_from(0), std::string(4096, 'x'));
  both.server().to_write = "answer";
  both.pump(1);
  segment acknowledging = both.next_from(0);
  acknowledging.seq = both.server_core().rcv_nxt();
  acknowledging.ack = both.server_core().snd_nxt();
  both.inject(1, acknowledging, "more");
  EXPECT_EQ(both.server_core().snd_una(), both.server_core().snd_nxt()) << "its acknowledgement counts";
  EXPECT_EQ(both.server_core().rcv_nxt() - sequence(1001), 4096u) << "its data does not";
  acknowledging.flags = flag::rst;
  both.inject(1, acknowledging);
  EXPECT_TRUE(both.server_core().failure().has_value());
}

TEST(segment_arrives, out_of_order_data_is_kept_and_acknowledged_at_once_with_sack) {
  open both;
  segment second = both.next_from(0);
  second.seq += 5;
  both.inject(1, second, "world");
  EXPECT_TRUE(both.answered_with_acknowledgement());
  ASSERT_EQ(both.trace[0].head.options.sack_count, 1);
  EXPECT_EQ(both.trace[0].head.options.sack[0], (sack_block{second.seq, second.seq + 5}));
  both.inject(1, both.next_from(0), "hello");
  EXPECT_EQ(both.server().got, "helloworld");
}

TEST(segment_arrives, the_newest_sack_block_comes_first) {
  open both;
  const segment next = both.next_from(0);
  for (const std::uint32_t at : {10u, 30u, 50u, 20u}) {
    segment part = next;
    part.seq += at;
    both.inject(1, part, "xxxxx");
  }
  const segment_options& said = both.trace.back().head.options;
  ASSERT_EQ(said.sack_count, 3) << "beside the timestamps there is room for three";
  EXPECT_EQ(said.sack[0].begin, next.seq + 20);
  EXPECT_EQ(said.sack[1].begin, next.seq + 50);
  EXPECT_EQ(said.sack[2].begin, next.seq + 30);
}

TEST(segment_arrives, without_agreement_there_is_no_sack) {
  tcp_options options;
  options.sack = false;
  open both(options);
  segment second = both.next_from(0);
  second.seq += 5;
  both.inject(1, second, "world");
  EXPECT_EQ(both.trace[0].head.options.sack_count, 0);
}

}  // namespace
}  // namespace mirage::tcp_protocol
