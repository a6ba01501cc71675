// SPDX-License-Identifier: ISC
// The states of RFC 9293 §3.3.2, between two cores on virtual time.
#include "mirage/tcp/connection.hpp"

#include "two_cores.hpp"

namespace mirage::tcp_protocol {
namespace {

TEST(connection, opens_in_three_segments) {
  two_cores both;
  both.establish();
  both.run_for(1s);
  ASSERT_EQ(both.trace.size(), 3u);
  EXPECT_EQ(both.trace[0].head.flags & ~(flag::ece | flag::cwr), flag::syn);
  EXPECT_EQ(both.trace[1].head.flags & ~flag::ece, flag::syn | flag::ack);
  EXPECT_EQ(both.trace[2].head.flags, flag::ack);
}

TEST(connection, carries_bytes_both_ways_and_ends_in_order) {
  two_cores both;
  both.client().to_write = test::pattern(300'000, 1);
  both.server().to_write = test::pattern(200'000, 2);
  both.client().shuts_down = both.server().shuts_down = true;
  both.connect();
  EXPECT_TRUE(both.run_until([&] { return both.client().saw_end && both.server().saw_end; }, 60s));
  EXPECT_TRUE(both.server().got == both.client().to_write);
  EXPECT_TRUE(both.client().got == both.server().to_write);
  both.run_for(120s);
  EXPECT_EQ(both.client_core().current(), state::closed);
  EXPECT_EQ(both.server_core().current(), state::closed);
  EXPECT_FALSE(both.client_core().failure().has_value());
  EXPECT_EQ(both.counted.retransmitted.value(), 0u);
  EXPECT_EQ(both.shared.chunks.live(), 0u);
  EXPECT_EQ(both.shared.segments.live(), 0u);
}

}  // namespace
}  // namespace mirage::tcp_protocol
