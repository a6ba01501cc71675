// SPDX-License-Identifier: ISC
// What the path says: ECN (RFC 3168), path MTU discovery (RFC 1191, RFC 8201, RFC 2923), ICMP (RFC 5927).
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

TEST(path, a_mark_is_echoed_until_the_sender_says_that_it_has_slowed_down) {
  open both;
  ASSERT_TRUE(both.client_core().agreed().ecn);
  // The client did not send these, so it must not hear of them.
  both.filter = [](int, const segment&, std::size_t, unsigned) { return false; };
  const auto next = [&] {
    segment made = both.next_from(0);
    made.seq = both.server_core().rcv_nxt();
    return made;
  };
  segment marked = next();
  marked.congestion_experienced = true;
  both.inject(1, marked, "x");
  EXPECT_TRUE(both.trace.back().head.has(flag::ece));
  both.inject(1, next(), "y");
  both.run_for(100ms);
  EXPECT_TRUE(both.trace.back().head.has(flag::ece));
  segment reduced = next();
  reduced.flags |= flag::cwr;
  both.inject(1, reduced, "z");
  both.run_for(100ms);
  EXPECT_EQ(both.trace.size(), 3u);
  EXPECT_FALSE(both.trace.back().head.has(flag::ece));
}

TEST(path, an_echo_reduces_the_window_once_a_round_trip_and_loses_nothing) {
  open both;
  both.client().to_write = test::pattern(40 * 1448);
  both.pump(0);
  const std::uint32_t before = both.client_core().window().window();
  segment echo = both.next_from(1);
  echo.flags |= flag::ece;
  echo.ack = both.client_core().snd_una() + 1448;
  both.inject(0, echo);
  const std::uint32_t threshold = both.client_core().window().threshold();
  EXPECT_LT(threshold, before);
  echo.ack += 1448;
  both.inject(0, echo);
  EXPECT_EQ(both.client_core().window().threshold(), threshold);
  EXPECT_EQ(both.counted.ecn_reductions.value(), 1u);
  EXPECT_EQ(both.counted.retransmitted.value(), 0u);
  both.run_for(5s);
  EXPECT_EQ(both.count_sent(0, [](const sent_record& r) { return r.head.has(flag::cwr); }), 1u);
}

TEST(path, only_new_data_is_sent_as_capable_of_ecn) {
  open both;
  transmission wanted;
  buffer data = bytes_of("new");
  both.client_core().write(data, both.now);
  ASSERT_TRUE(both.client_core().poll(both.now, wanted));
  EXPECT_EQ(wanted.congestion_bits, 2);
  both.client_core().sent(wanted, both.now);
  both.now = both.client_core().next_timeout();
  ASSERT_TRUE(both.client_core().poll(both.now, wanted));
  EXPECT_NE(wanted.again, nullptr);
  EXPECT_EQ(wanted.congestion_bits, 0) << "RFC 3168 §6.1.5: not what is sent again";
  segment next = both.next_from(0);
  static_cast<void>(both.server_core().input(next, bytes_of("x"), both.now));
  both.now += 40ms;
  ASSERT_TRUE(both.server_core().poll(both.now, wanted));
  EXPECT_EQ(wanted.congestion_bits, 0) << "§6.1.4: not a bare acknowledgement";
}

TEST(path, without_agreement_nothing_is_marked) {
  tcp_options options;
  options.ecn = false;
  open both(options);
  EXPECT_FALSE(both.client_core().agreed().ecn);
  segment marked = both.next_from(0);
  marked.congestion_experienced = true;
  both.inject(1, marked, "x");
  both.run_for(1s);
  EXPECT_EQ(both.count_sent(1, [](const sent_record& r) { return r.head.has(flag::ece); }), 0u);
}

TEST(path, a_shorter_path_makes_shorter_segments_and_sends_the_lost_ones_again) {
  open both;
  both.filter = [](int from, const segment&, std::size_t payload, unsigned) {
    return from != 0 || payload < 1000;
  };
  both.client().to_write = test::pattern(5 * 1448);
  both.pump(0);
  const std::uint32_t window = both.client_core().window().window();
  both.client_core().path_is_shorter(1000, both.now);
  both.pump(0);
  both.run_for(1s);
  EXPECT_TRUE(both.server().got == both.client().to_write);
  EXPECT_EQ(both.counted.retransmission_timeouts.value(), 0u);
  EXPECT_GE(both.client_core().window().window(), window) << "no congestion response (RFC 1191 §6.5)";
}

TEST(path, a_longer_path_is_not_believed) {
  open both;
  const std::uint16_t before = both.client_core().send_mss();
  both.client_core().path_is_shorter(9000, both.now);
  EXPECT_EQ(both.client_core().send_mss(), before);
}

TEST(path, a_black_hole_is_found_and_passed) {
  open both;
  both.filter = [](int from, const segment&, std::size_t payload, unsigned) {
    return from != 0 || payload < 1000;
  };
  both.client().to_write = test::pattern(20 * 1448);
  both.pump(0);
  both.run_for(60s);
  EXPECT_TRUE(both.server().got == both.client().to_write);
  EXPECT_EQ(both.counted.black_holes.value(), 1u);
}

TEST(path, mere_loss_is_no_black_hole) {
  link_options link;
  link.loss = 0.2;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    two_cores both(link, {.user_timeout = 24h}, seed);
    both.client().to_write = test::pattern(400'000);
    both.client().shuts_down = both.server().shuts_down = true;
    both.connect();
    ASSERT_TRUE(both.run_until([&] { return both.server().saw_end; }, 1h)) << "seed " << seed;
    EXPECT_EQ(both.counted.black_holes.value(), 0u) << "seed " << seed;
    EXPECT_EQ(both.client_core().send_mss(), 1448u) << "seed " << seed;
  }
}

TEST(path, behind_a_black_hole_segments_are_as_long_as_passes) {
  open both;
  std::size_t passes = 1380;
  both.filter = [&](int from, const segment&, std::size_t payload, unsigned) {
    return from != 0 || payload <= passes;
  };
  both.client().to_write = test::pattern(2000 * 1448);
  both.pump(0);
  EXPECT_TRUE(both.run_until([&] { return both.server().got == both.client().to_write; }, 5min));
  EXPECT_LE(both.client_core().send_mss(), passes);
  EXPECT_GT(both.client_core().send_mss() + 16, passes) << "RFC 8899 §5.3";
  EXPECT_GT(both.client_core().window().window(), 20 * 1448u) << "lost probes are no congestion";

  passes = 1500;
  both.run_for(600s);
  both.client().to_write += test::pattern(500 * 1448);
  both.pump(0);
  EXPECT_TRUE(both.run_until([&] { return both.server().got == both.client().to_write; }, 5min));
  EXPECT_EQ(both.client_core().send_mss(), 1448u) << "the path has changed";
}

TEST(path, after_a_report_longer_segments_are_tried_again_in_ten_minutes) {
  open both;
  both.client_core().path_is_shorter(1000, both.now);
  const auto send_some = [&] {
    both.client().to_write += test::pattern(100 * 1448);
    both.pump(0);
    return both.run_until([&] { return both.server().got == both.client().to_write; }, 1min);
  };
  ASSERT_TRUE(send_some());
  EXPECT_EQ(both.client_core().send_mss(), 948u);
  both.run_for(600s);
  ASSERT_TRUE(send_some());
  EXPECT_EQ(both.client_core().send_mss(), 1448u) << "RFC 1191 §6.3";
}

TEST(path, what_was_lost_twice_is_sent_again_in_small_segments) {
  open both;
  both.filter = [&](int, const segment&, std::size_t, unsigned) {
    return both.counted.retransmission_timeouts.value() >= 2;
  };
  both.client().to_write = test::pattern(1448);
  both.pump(0);
  both.run_for(10s);
  EXPECT_TRUE(both.server().got == both.client().to_write);
  EXPECT_EQ(both.counted.retransmission_timeouts.value(), 2u);
  EXPECT_EQ(both.count_sent(0, [](const sent_record& r) { return r.payload > 524; }), 3u);
  EXPECT_EQ(both.count_sent(0, [](const sent_record& r) { return r.payload > 0 && r.payload <= 524; }), 3u)
      << "no more than the one segment of RFC 5681 §3.1";
}

TEST(path, only_numbers_that_are_on_the_way_are_believed_in_reports) {
  open both;
  both.client().to_write = "something";
  both.pump(0);
  EXPECT_TRUE(both.client_core().is_outstanding(both.client_core().snd_una()));
  EXPECT_FALSE(both.client_core().is_outstanding(both.client_core().snd_nxt()));
  EXPECT_FALSE(both.client_core().is_outstanding(both.client_core().snd_una() - 1u));
}

TEST(path, unreachable_ends_only_the_handshake) {
  open both;
  both.client_core().unreachable(v1::flow_error::unreachable);
  EXPECT_EQ(both.client_core().current(), state::established) << "RFC 5927 §5: a soft error";
  two_cores opening;
  opening.connect();
  opening.client_core().unreachable(v1::flow_error::unreachable);
  EXPECT_EQ(opening.client_core().failure(), v1::flow_error::unreachable);
}

}  // namespace
}  // namespace mirage::tcp_protocol
