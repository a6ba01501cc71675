// SPDX-License-Identifier: ISC
// Timeouts that were a mistake: RFC 3522, RFC 5682, RFC 4015.
#include "two_cores.hpp"

namespace mirage::tcp_protocol {
namespace {

struct open : two_cores {
  explicit open(tcp_options options = {}) : two_cores({}, options) {
    establish();
    run_for(1s);
    trace.clear();
  }
  [[nodiscard]] bool all_arrived() { return server().got == client().to_write; }
};

TEST(spurious, a_spurious_timeout_is_undone) {
  open both;
  both.client().to_write = test::pattern(100 * 1448);
  both.pump(0);
  both.run_for(15ms);
  const std::uint32_t before = both.client_core().window().window();
  both.link.delay = 800ms;  // the path stalls, and loses nothing
  both.run_until([&] { return both.counted.retransmission_timeouts.value() > 0; }, 10s);
  EXPECT_EQ(both.client_core().window().window(), both.client_core().send_mss());
  both.run_until([&] { return both.counted.undone.value() > 0; }, 10s);
  EXPECT_EQ(both.counted.undone.value(), 1u) << "RFC 3522";
  EXPECT_GE(both.client_core().window().window(), before);
  both.run_for(60s);
  EXPECT_TRUE(both.all_arrived());
}

TEST(spurious, after_a_spurious_timeout_the_next_ones_give_more_time) {
  open both;
  both.client().to_write = test::pattern(100 * 1448);
  both.pump(0);
  both.run_for(15ms);
  both.link.delay = 800ms;
  ASSERT_TRUE(both.run_until([&] { return both.counted.undone.value() > 0; }, 10s));
  both.link.delay = 10ms;
  both.run_for(60s);
  ASSERT_TRUE(both.all_arrived());
  for (int i = 0; i < 300; ++i) {  // its round trip is forgotten
    both.client().to_write += test::pattern(1448);
    both.pump(0);
    both.run_for(100ms);
  }
  const std::uint64_t timeouts = both.counted.retransmission_timeouts.value();
  both.filter = [](int, const segment&, std::size_t, unsigned) { return false; };
  both.client().to_write += test::pattern(5 * 1448);
  both.pump(0);
  const instant sent = both.now;
  both.run_until([&] { return both.counted.retransmission_timeouts.value() > timeouts; }, 10s);
  EXPECT_GE(both.now - sent, both.options.least_timeout) << "RFC 4015 §3.3";
}

TEST(spurious, without_timestamps_a_spurious_timeout_is_found_by_what_follows) {
  for (const bool sack : {true, false}) {
    tcp_options options;
    options.timestamps = false;
    options.sack = sack;
    open both(options);
    both.client().to_write = test::pattern(100 * 1460);
    both.pump(0);
    both.run_for(15ms);
    const std::uint32_t before = both.client_core().window().window();
    both.link.delay = 80ms;  // the path stalls, and loses nothing
    ASSERT_TRUE(both.run_until([&] { return both.counted.undone.value() > 0; }, 10s)) << "RFC 5682 §2.1";
    EXPECT_GE(both.client_core().window().window(), before);
    EXPECT_LE(both.counted.retransmitted.value(), 4u)
        << "the timeouts and the probe, not all that was on the way";
    both.run_for(60s);
    EXPECT_TRUE(both.all_arrived());
  }
}

TEST(spurious, a_timeout_for_a_loss_is_not_taken_for_spurious) {
  tcp_options options;
  options.timestamps = false;
  open both(options);
  unsigned lost = 0;
  both.filter = [&](int from, const segment&, std::size_t payload, unsigned) {
    return from != 0 || payload == 0 || ++lost > 11;  // all that is on the way, and the probe
  };
  both.client().to_write = test::pattern(100 * 1460);
  both.pump(0);
  both.run_for(60s);
  EXPECT_TRUE(both.all_arrived());
  EXPECT_GT(both.counted.retransmission_timeouts.value(), 0u);
  EXPECT_EQ(both.counted.undone.value(), 0u) << "RFC 5682 §2.1 step 3a";
}

}  // namespace
}  // namespace mirage::tcp_protocol
