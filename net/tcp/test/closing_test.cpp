// SPDX-License-Identifier: ISC
// Ending: RFC 9293 §3.6, §3.10.4, §3.10.5 and the states behind.
#include "two_cores.hpp"

namespace mirage::tcp_protocol {
namespace {

TEST(closing, both_at_once_go_through_closing_to_time_wait) {
  two_cores both;
  both.establish();
  both.run_for(1s);
  both.client_core().shutdown(both.now);
  both.server_core().shutdown(both.now);
  both.pump(0);
  both.pump(1);
  both.run_until([&] { return both.client_core().current() == state::closing; }, 1s);
  EXPECT_EQ(both.client_core().current(), state::closing);
  both.run_for(1s);
  EXPECT_EQ(both.client_core().current(), state::time_wait);
  EXPECT_EQ(both.server_core().current(), state::time_wait);
  both.run_for(61s);
  EXPECT_EQ(both.client_core().current(), state::closed);
}

TEST(closing, half_closed_goes_on_receiving) {
  two_cores both;
  both.establish();
  both.client().shuts_down = true;
  both.pump(0);
  both.run_for(1s);
  EXPECT_EQ(both.client_core().current(), state::fin_wait_2);
  EXPECT_EQ(both.server_core().current(), state::close_wait);
  both.server().to_write = test::pattern(100'000);
  both.pump(1);
  both.run_for(10s);
  EXPECT_TRUE(both.client().got == both.server().to_write);
  both.server().shuts_down = true;
  both.pump(1);
  both.run_for(1s);
  EXPECT_EQ(both.client_core().current(), state::time_wait);
  EXPECT_EQ(both.server_core().current(), state::closed);
}

TEST(closing, a_fin_that_comes_again_is_acknowledged_and_time_wait_begins_again) {
  two_cores both;
  both.establish();
  both.client().shuts_down = both.server().shuts_down = true;
  both.pump(0);
  both.pump(1);
  both.run_for(1s);
  ASSERT_EQ(both.client_core().current(), state::time_wait);
  both.run_for(30s);
  segment again = both.next_from(1);
  again.seq = again.seq - 1u;
  again.flags = flag::fin | flag::ack;
  again.seq = both.client_core().rcv_nxt() - 1u;
  again.ack = both.client_core().snd_nxt();
  const std::size_t before = both.trace.size();
  both.inject(0, again);
  EXPECT_EQ(both.trace.size(), before + 1);
  both.run_for(40s);
  EXPECT_EQ(both.client_core().current(), state::time_wait) << "60 s after the second FIN, not the first";
  both.run_for(30s);
  EXPECT_EQ(both.client_core().current(), state::closed);
}

TEST(closing, data_and_fin_leave_in_one_segment) {
  two_cores both;
  both.establish();
  both.run_for(1s);
  both.client().to_write = "last words";
  both.client().shuts_down = true;
  both.pump(0);
  EXPECT_TRUE(both.trace.back().head.has(flag::fin));
  EXPECT_EQ(both.trace.back().payload, 10u);
}

TEST(closing, a_lost_fin_is_sent_again) {
  two_cores both;
  both.establish();
  both.run_for(1s);
  bool dropped = false;
  both.filter = [&](int, const segment& s, std::size_t, unsigned) {
    if (!s.has(flag::fin) || dropped) return true;
    dropped = true;
    return false;
  };
  both.client().to_write = "x";
  both.client().shuts_down = true;
  both.pump(0);
  both.run_for(5s);
  EXPECT_TRUE(dropped);
  EXPECT_TRUE(both.server().saw_end);
  EXPECT_EQ(both.server().got, "x");
}

TEST(closing, abort_sends_a_reset_and_the_peer_sees_it) {
  two_cores both;
  both.establish();
  both.client_core().abort(both.now);
  both.pump(0);
  EXPECT_TRUE(both.trace.back().head.has(flag::rst));
  both.run_for(1s);
  EXPECT_EQ(both.server_core().failure(), v1::flow_error::reset);
}

TEST(closing, closing_delivers_what_was_written_while_the_peer_still_sends) {
  two_cores both;
  both.establish();
  both.client().to_write = test::pattern(200'000);
  both.server().to_write = test::pattern(50'000);
  both.client().reads = false;
  both.pump(0);
  both.pump(1);
  both.client_core().close(both.now);
  both.pump(0);
  both.run_for(20s);
  EXPECT_EQ(both.server().got.size(), both.client().written);
  EXPECT_TRUE(both.server().saw_end || both.server_core().failure().has_value());
}

TEST(closing, what_comes_after_close_and_all_is_delivered_is_answered_with_a_reset) {
  two_cores both;
  both.establish();
  both.client_core().close(both.now);
  both.pump(0);
  both.run_for(1s);
  ASSERT_EQ(both.client_core().current(), state::fin_wait_2);
  both.server().to_write = "too late";
  both.pump(1);
  both.run_for(1s);
  EXPECT_EQ(both.client_core().current(), state::closed);
  EXPECT_EQ(both.server_core().failure(), v1::flow_error::reset);
}

TEST(closing, after_close_the_peers_fin_is_not_waited_for_for_ever) {
  two_cores both;
  both.establish();
  both.client_core().close(both.now);
  both.pump(0);
  both.run_for(59s);
  EXPECT_EQ(both.client_core().current(), state::fin_wait_2);
  both.run_for(2s);
  EXPECT_EQ(both.client_core().current(), state::closed);
}

TEST(closing, a_fin_before_its_data_waits_for_it) {
  two_cores both;
  both.establish();
  both.run_for(1s);
  segment fin = both.next_from(0);
  fin.flags = flag::fin | flag::ack;
  fin.seq += 5;
  both.inject(1, fin);
  EXPECT_EQ(both.server_core().current(), state::established);
  both.inject(1, both.next_from(0), "bytes");
  EXPECT_EQ(both.server_core().current(), state::close_wait);
  EXPECT_EQ(both.server().got, "bytes");
}

}  // namespace
}  // namespace mirage::tcp_protocol
