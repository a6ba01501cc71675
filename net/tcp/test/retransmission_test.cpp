// SPDX-License-Identifier: ISC
// Losses and what repairs them: RFC 6298, RFC 5681, RFC 6582, RFC 6675, RFC 8985.
#include "two_cores.hpp"

namespace mirage::tcp_protocol {
namespace {

struct open : two_cores {
  explicit open(tcp_options options = {}, link_options link = {}) : two_cores(link, options) {
    establish();
    run_for(1s);
    trace.clear();
  }
  /// Sends so many full segments; those whose index is in the list are lost the first time.
  void send_with_losses(std::size_t segments, std::vector<unsigned> lost) {
    const std::size_t mss = client_core().send_mss();
    const sequence first = client_core().snd_nxt();
    std::vector<bool> dropped(segments + 1);
    filter = [=](int from, const segment& s, std::size_t payload, unsigned) mutable {
      if (from != 0 || payload == 0) return true;
      const std::size_t index = (s.seq - first) / mss;
      if (std::find(lost.begin(), lost.end(), index) == lost.end() || dropped[index]) return true;
      dropped[index] = true;
      return false;
    };
    client().to_write += test::pattern(segments * mss);
    pump(0);
  }
  [[nodiscard]] bool all_arrived() { return server().got == client().to_write; }
};

TEST(retransmission, one_loss_is_repaired_without_a_timeout) {
  open both;
  both.send_with_losses(10, {3});
  both.run_for(100ms);
  EXPECT_TRUE(both.all_arrived());
  EXPECT_EQ(both.counted.retransmitted.value(), 1u);
  EXPECT_EQ(both.counted.retransmission_timeouts.value(), 0u);
  EXPECT_EQ(both.counted.recoveries.value(), 1u);
}

TEST(retransmission, several_losses_are_repaired_in_one_recovery) {
  open both;
  both.send_with_losses(10, {1, 3, 4, 6});
  both.run_for(200ms);
  EXPECT_TRUE(both.all_arrived());
  EXPECT_EQ(both.counted.retransmitted.value(), 4u);
  EXPECT_EQ(both.counted.recoveries.value(), 1u);
  EXPECT_EQ(both.counted.retransmission_timeouts.value(), 0u);
}

TEST(retransmission, without_sack_three_duplicates_repair_one_loss) {
  tcp_options options;
  options.sack = false;
  open both(options);
  both.send_with_losses(10, {2});
  both.run_for(100ms);
  EXPECT_TRUE(both.all_arrived());
  EXPECT_EQ(both.counted.retransmitted.value(), 1u);
  EXPECT_EQ(both.counted.retransmission_timeouts.value(), 0u);
}

TEST(retransmission, without_sack_a_partial_acknowledgement_repairs_the_next_loss) {
  tcp_options options;
  options.sack = false;
  open both(options);
  both.send_with_losses(10, {2, 5});
  both.run_for(200ms);
  EXPECT_TRUE(both.all_arrived());
  EXPECT_EQ(both.counted.retransmission_timeouts.value(), 0u) << "RFC 6582 §3.2";
  EXPECT_EQ(both.counted.recoveries.value(), 1u);
}

TEST(retransmission, a_duplicate_acknowledgement_lets_a_new_segment_go) {
  tcp_options options;
  options.sack = false;
  open both(options);
  const std::size_t window = both.client_core().window().window() / both.client_core().send_mss();
  both.send_with_losses(window + 5, {0});
  const std::size_t before = both.count_sent(0, [](const sent_record& r) { return r.payload > 0; });
  EXPECT_EQ(before, window);
  both.run_until([&] { return both.client_core().snd_nxt() - both.client_core().snd_una() > window * 1448; },
                 1s);
  EXPECT_EQ(both.counted.retransmitted.value(), 0u) << "RFC 3042: new data before the retransmission";
}

TEST(retransmission, the_last_segment_is_probed_for_without_a_timeout) {
  open both;
  both.send_with_losses(5, {4});
  both.run_for(1s);
  EXPECT_TRUE(both.all_arrived());
  EXPECT_EQ(both.counted.tail_probes.value(), 1u);
  EXPECT_EQ(both.counted.retransmission_timeouts.value(), 0u);
}

TEST(retransmission, a_probe_that_repaired_a_loss_reduces_the_window) {
  open both;
  const std::uint32_t before = both.client_core().window().window();
  both.send_with_losses(5, {4});
  both.run_for(1s);
  both.send_with_losses(1, {});
  both.run_for(1s);
  EXPECT_LT(both.client_core().window().window(), before) << "RFC 8985 §7.4.2";
}

TEST(retransmission, a_lost_retransmission_is_found_without_a_timeout) {
  open both;
  unsigned losses = 0;
  const sequence victim = both.client_core().snd_nxt() + 2 * both.client_core().send_mss();
  both.filter = [&](int from, const segment& s, std::size_t payload, unsigned) {
    if (from != 0 || payload == 0 || s.seq != victim || losses == 2) return true;
    ++losses;
    return false;
  };
  both.client().to_write = test::pattern(60 * 1448);
  both.pump(0);
  both.run_for(2s);
  EXPECT_EQ(losses, 2u);
  EXPECT_TRUE(both.all_arrived());
  EXPECT_EQ(both.counted.retransmission_timeouts.value(), 0u) << "RFC 8985: RACK";
}

TEST(retransmission, a_timeout_goes_back_to_one_segment) {
  open both;
  bool cut = true;
  both.filter = [&](int, const segment&, std::size_t, unsigned) { return !cut; };
  both.client().to_write = test::pattern(20 * 1448);
  both.pump(0);
  EXPECT_TRUE(both.run_until([&] { return both.counted.retransmission_timeouts.value() == 1; }, 10s));
  EXPECT_EQ(both.client_core().window().window(), both.client_core().send_mss());
  cut = false;
  both.run_for(10s);
  EXPECT_TRUE(both.all_arrived());
}

TEST(retransmission, timeouts_back_off_up_to_a_minute) {
  open both;
  both.filter = [](int, const segment&, std::size_t, unsigned) { return false; };
  both.client().to_write = "x";
  both.pump(0);
  both.run_for(110s);
  std::vector<instant> sent;
  for (const sent_record& each : both.trace)
    if (each.from == 0 && each.payload > 0) sent.push_back(each.at);
  ASSERT_GE(sent.size(), 7u);
  for (std::size_t i = 4; i < sent.size(); ++i) {
    const duration now = sent[i] - sent[i - 1];
    const duration before = sent[i - 1] - sent[i - 2];
    EXPECT_TRUE(now == before * 2 || now == 60s) << now.count() << " after " << before.count();
  }
}

TEST(retransmission, a_connection_without_answers_is_given_up) {
  open both;
  both.filter = [](int, const segment&, std::size_t, unsigned) { return false; };
  both.client().to_write = "x";
  both.pump(0);
  const instant begin = both.now;
  EXPECT_TRUE(both.run_until([&] { return both.client_core().failure().has_value(); }, 1h));
  EXPECT_EQ(both.client_core().failure(), v1::flow_error::timed_out);
  EXPECT_GE(both.now - begin, 100s) << "RFC 9293 R2";
}

TEST(retransmission, a_retransmission_is_not_measured_as_a_round_trip) {
  tcp_options options;
  options.timestamps = false;
  open both(options);
  const duration before = both.client_core().round_trip().smoothed();
  bool dropped = false;
  both.filter = [&](int from, const segment&, std::size_t payload, unsigned) {
    if (from != 0 || payload == 0 || dropped) return true;
    return !(dropped = true);
  };
  both.client().to_write = "x";
  both.pump(0);
  both.run_for(5s);
  EXPECT_TRUE(both.all_arrived());
  EXPECT_EQ(both.client_core().round_trip().smoothed(), before) << "Karn's algorithm";
}

TEST(retransmission, a_lost_acknowledgement_does_not_make_the_round_trip_longer) {
  open both;
  const duration before = both.client_core().round_trip().smoothed();
  unsigned lost = 0;
  both.filter = [&](int from, const segment&, std::size_t, unsigned) { return from == 0 || lost++ > 1; };
  both.client().to_write = "x";
  both.pump(0);
  both.run_for(10s);
  EXPECT_TRUE(both.all_arrived());
  EXPECT_EQ(both.client_core().snd_una(), both.client_core().snd_nxt());
  EXPECT_GT(both.counted.retransmitted.value(), 0u);
  EXPECT_LT(both.client_core().round_trip().smoothed(), 2 * before) << "it is told that it came twice";
}

TEST(retransmission, what_came_long_ago_out_of_order_is_not_measured) {
  open both;
  const duration before = both.client_core().round_trip().smoothed();
  bool first = true;
  // The first segment is lost, and so is every answer until its time is up.
  both.filter = [&](int from, const segment&, std::size_t payload, unsigned) {
    if (from == 0 && payload > 0 && first) return first = false;
    return both.counted.retransmission_timeouts.value() > 0;
  };
  both.client().to_write = test::pattern(3 * 1448);
  both.pump(0);
  both.filter = [&](int from, const segment&, std::size_t, unsigned) {
    return from == 0 || both.counted.retransmission_timeouts.value() > 0;
  };
  both.run_for(5s);
  EXPECT_TRUE(both.all_arrived());
  EXPECT_GT(both.counted.retransmission_timeouts.value(), 0u);
  EXPECT_LT(both.client_core().round_trip().smoothed(), before + 10ms);
}

TEST(retransmission, after_a_timeout_what_is_answered_out_of_order_ends_the_backoff) {
  open both;
  const sequence first = both.client_core().snd_nxt();
  both.filter = [&](int from, const segment& s, std::size_t payload, unsigned) {
    if (from == 1) return true;
    return payload == 0 || (both.counted.retransmission_timeouts.value() >= 3 && s.seq != first);
  };
  both.client().to_write = test::pattern(30 * 1448);
  both.pump(0);
  both.run_until([&] { return both.counted.retransmission_timeouts.value() == 3; }, 20s);
  EXPECT_EQ(both.client_core().round_trip().backoff(), 3u);
  both.run_for(200ms);
  EXPECT_EQ(both.client_core().snd_una(), first);
  EXPECT_EQ(both.client_core().round_trip().backoff(), 0u) << "new data was sent once and answered";
}

TEST(retransmission, where_the_peer_must_answer_at_once_a_timeout_comes_sooner) {
  open both;
  const duration round_trip = both.client_core().round_trip().smoothed();
  both.filter = [](int, const segment&, std::size_t, unsigned) { return false; };
  both.client().to_write = test::pattern(5 * 1448);
  both.pump(0);
  const instant sent = both.now;
  both.run_until([&] { return both.counted.retransmission_timeouts.value() == 1; }, 10s);
  // The tail loss probe comes first.
  EXPECT_LE(both.now - sent, 3 * round_trip + 110ms);
  EXPECT_GE(both.now - sent, round_trip + both.options.least_prompt_timeout);
}

TEST(retransmission, where_a_single_segment_waits_a_timeout_gives_the_peer_time) {
  tcp_options options;
  options.sack = false;  // no probe of the tail
  open both(options);
  both.filter = [](int, const segment&, std::size_t, unsigned) { return false; };
  both.client().to_write = "x";
  both.pump(0);
  const instant sent = both.now;
  both.run_until([&] { return both.counted.retransmission_timeouts.value() == 1; }, 10s);
  EXPECT_GE(both.now - sent, both.options.least_timeout);
}

TEST(retransmission, a_connection_can_have_its_own_time_to_be_given_up) {
  for (const duration limit : {duration(5s), duration(10min)}) {
    open both;
    both.client_core().set_user_timeout(limit);
    both.filter = [](int, const segment&, std::size_t, unsigned) { return false; };
    both.client().to_write = "x";
    both.pump(0);
    const instant begin = both.now;
    EXPECT_TRUE(both.run_until([&] { return both.client_core().failure().has_value(); }, 1h));
    EXPECT_EQ(both.client_core().failure(), v1::flow_error::timed_out);
    EXPECT_EQ((both.now - begin).count(), limit.count()) << "RFC 9293 MUST-21, RFC 5482 §3";
  }
}

TEST(retransmission, reordering_widens_the_window_of_rack) {
  link_options link;
  link.reordering = 0.1;
  link.late = 4ms;
  open both({}, link);
  both.client().to_write = test::pattern(3000 * 1448);
  both.pump(0);
  both.run_for(60s);
  EXPECT_TRUE(both.all_arrived());
  EXPECT_LT(both.counted.retransmitted.value(), 60u) << "3000 segments, 300 of them late";
}

TEST(retransmission, what_the_peer_has_is_not_sent_again) {
  open both;
  both.send_with_losses(10, {0});
  both.run_for(100ms);
  EXPECT_TRUE(both.all_arrived());
  EXPECT_EQ(both.count_sent(0, [](const sent_record& r) { return r.payload > 0; }), 11u);
}

TEST(retransmission, a_peer_that_goes_back_on_its_sacks_gets_everything_again) {
  open both;
  both.client().to_write = test::pattern(5 * 1448);
  bool forgotten = false;
  both.filter = [&](int from, const segment&, std::size_t, unsigned) { return from == 0 ? forgotten : true; };
  both.pump(0);
  segment said = both.next_from(1);
  said.ack = both.client_core().snd_una();
  said.options.sack[0] = {both.client_core().snd_una(), both.client_core().snd_una() + 1448};
  said.options.sack_count = 1;
  both.inject(0, said);
  forgotten = true;
  both.run_for(10s);
  EXPECT_TRUE(both.all_arrived()) << "RFC 2018 §8";
}

TEST(retransmission, sacks_of_what_was_never_sent_are_ignored) {
  open both;
  both.client().to_write = test::pattern(5 * 1448);
  both.pump(0);
  segment said = both.next_from(1);
  said.ack = both.client_core().snd_una();
  said.options.sack[0] = {both.client_core().snd_una() + 2000, both.client_core().snd_nxt() + 5000};
  said.options.sack[1] = {both.client_core().snd_una() + 3000, both.client_core().snd_una() + 2000};
  said.options.sack_count = 2;
  both.inject(0, said);
  both.run_for(1s);
  EXPECT_TRUE(both.all_arrived());
  EXPECT_EQ(both.counted.retransmitted.value(), 0u);
}

TEST(retransmission, the_first_window_is_of_ten_segments) {
  open both;
  both.client().to_write = test::pattern(100 * 1448);
  both.pump(0);
  EXPECT_EQ(both.count_sent(0, [](const sent_record& r) { return r.payload > 0; }), 10u) << "RFC 6928";
}

TEST(retransmission, after_a_lost_syn_ack_the_first_window_is_small) {
  two_cores both;
  both.filter = [](int from, const segment& s, std::size_t, unsigned number) {
    return !(from == 1 && s.has(flag::syn)) || number >= 2;
  };
  both.connect();
  both.run_until([&] { return both.server_core().is_synchronized(); }, 30s);
  EXPECT_EQ(both.client_core().window().window(), both.client_core().send_mss()) << "RFC 5681 §3.1";
}

TEST(retransmission, a_long_idle_connection_begins_with_the_first_window) {
  open both;
  both.client().to_write = test::pattern(2000 * 1448);
  both.pump(0);
  both.run_for(10s);
  EXPECT_GT(both.client_core().window().window(), 50 * 1448u);
  both.run_for(60s);
  both.trace.clear();
  both.client().to_write += test::pattern(100 * 1448);
  both.pump(0);
  EXPECT_EQ(both.count_sent(0, [](const sent_record& r) { return r.payload > 0; }), 10u) << "RFC 5681 §4.1";
}

}  // namespace
}  // namespace mirage::tcp_protocol
