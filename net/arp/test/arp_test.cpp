// SPDX-License-Identifier: ISC
#include "mirage/arp.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mirage/ethernet.hpp"
#include "mirage/test/suites/arp_suite.hpp"
#include "wired_subject.hpp"

namespace mirage {
namespace {

using link = ethernet<memory::network>;
static_assert(v1::arp<arp<link>>);

struct subject : test::wired_subject {
  using arp = mirage::arp<link>;
  arp& device() { return arp_; }
  mac_address mac() { return near.mac(); }

 private:
  link ethernet_{"ethernet", near};
  arp arp_{"arp", ethernet_};
};
MIRAGE_CONFORMANCE(arp_suite, net, subject);

struct probing_subject : test::wired_subject {
  using arp = mirage::arp<link>;
  arp& device() { return arp_; }
  mac_address mac() { return near.mac(); }

 private:
  link ethernet_{"ethernet", near};
  arp arp_{"arp", ethernet_, {.probe = true}};
};

constexpr ipv4_address ours = "10.0.0.1";
constexpr ipv4_address theirs = "10.0.0.2";
constexpr mac_address other = "02:00:00:00:00:99";

TEST(arp, a_probed_address_is_announced_after_seven_seconds_and_answers_then) {
  probing_subject on;
  EXPECT_TRUE(on.device().add(ours));
  on.node.advance(9s);
  const std::vector<std::string> sent = on.take_sent();
  ASSERT_EQ(sent.size(), 5u) << "three probes and two announcements";
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(sent[static_cast<std::size_t>(i)].substr(14), test::arp_packet(1, on.mac(), {}, {}, ours));
  EXPECT_EQ(sent[4].substr(14), test::arp_packet(1, on.mac(), ours, {}, ours));
}

TEST(arp, a_claim_that_nobody_objects_to_is_ours) {
  subject on;
  EXPECT_TRUE(on.node.run(on.device().claim(ours)));
  on.device().input(test::buffer_of(test::arp_packet(1, other, theirs, {}, ours)));
  on.node.settle();
  EXPECT_EQ(on.take_sent().back().substr(14), test::arp_packet(2, on.mac(), ours, other, theirs));
}

TEST(arp, a_claim_to_what_another_has_is_refused) {
  subject on;
  bool claimed = true;
  scope running;
  auto claim = [&]() -> task<> { claimed = co_await on.device().claim(ours); };
  ASSERT_TRUE(running.spawn("claim", claim).has_value());
  on.node.advance(2s);
  on.device().input(test::buffer_of(test::arp_packet(2, other, ours, on.mac(), {})));
  on.node.settle();
  EXPECT_FALSE(claimed);
  EXPECT_EQ(running.size(), 0u);
}

TEST(arp, a_cancelled_claim_leaves_nothing) {
  subject on;
  scope running;
  auto claim = [&]() -> task<> { static_cast<void>(co_await on.device().claim(ours)); };
  ASSERT_TRUE(running.spawn("claim", claim).has_value());
  on.node.advance(2s);
  running.cancel();
  static_cast<void>(on.take_sent());
  on.node.advance(20s);
  EXPECT_TRUE(on.take_sent().empty());
}

TEST(arp, a_conflict_is_defended) {
  subject on;
  EXPECT_TRUE(on.device().add(ours));
  on.node.advance(1min);
  static_cast<void>(on.take_sent());
  on.device().input(test::buffer_of(test::arp_packet(1, other, ours, {}, theirs)));
  on.node.settle();
  ASSERT_EQ(on.take_sent(), std::vector<std::string>{test::raw(mac_address::broadcast()) +
                                                     test::raw(on.mac()) + test::raw(ethertype::arp) +
                                                     test::arp_packet(1, on.mac(), ours, {}, ours)});
}

TEST(arp, what_we_sent_ourselves_is_no_conflict) {
  subject on;
  EXPECT_TRUE(on.device().add(ours));
  on.node.advance(1min);
  static_cast<void>(on.take_sent());
  on.device().input(test::buffer_of(test::arp_packet(1, on.mac(), ours, {}, ours)));
  on.node.settle();
  EXPECT_TRUE(on.take_sent().empty());
}

TEST(arp, who_is_used_is_asked_again_and_traffic_goes_on) {
  subject on;
  EXPECT_TRUE(on.device().add(ours));
  on.device().input(test::buffer_of(test::arp_packet(1, other, theirs, {}, ours)));
  std::size_t unicast = 0;
  for (int second = 0; second < 200; ++second) {
    EXPECT_EQ(test::outcome(on.device().write(theirs, {.header = 1}, test::fill_with("x"), {})), "ok");
    on.node.advance(1s);
    for (const std::string& frame : on.take_sent()) {
      if (frame == test::raw(other) + test::raw(on.mac()) + test::raw(ethertype::arp) +
                       test::arp_packet(1, on.mac(), ours, {}, theirs)) {
        ++unicast;
        on.device().input(test::buffer_of(test::arp_packet(2, other, theirs, on.mac(), ours)));
      }
    }
  }
  EXPECT_EQ(unicast, 3u);
}

TEST(arp, the_bytes_that_are_parked_have_a_cap) {
  subject on;
  EXPECT_TRUE(on.device().add(ours));
  const std::string packet(1400, 'x');
  std::size_t parked = 0;
  for (unsigned i = 0; i < 300; ++i)
    if (on.device().write(ipv4_address(0x0a000100 + i), {.header = 1400}, test::fill_with(packet), {}))
      ++parked;
  EXPECT_EQ(parked, arp_options{}.parked_packets);
  on.node.advance(10s);
  EXPECT_EQ(on.node.buffers.live(), 0u) << "everything that was parked is gone";
}

}  // namespace
}  // namespace mirage
