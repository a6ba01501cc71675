// SPDX-License-Identifier: ISC
// The states of a neighbour: RFC 4861 §7.2, §7.3 and appendix C.
#include "mirage/ndp/neighbour_cache.hpp"

#include <gtest/gtest.h>

#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

using answer = neighbour_cache::answer;
using state = neighbour_cache::state;
using kind = ndp_action::kind;

constexpr instant start = test::virtual_start;
constexpr ipv6_address who = "fe80::2";
constexpr mac_address mac = "02:00:00:00:00:02";
constexpr mac_address other_mac = "02:00:00:00:00:03";

struct neighbours : testing::Test {
  test::virtual_node node;
  neighbour_cache cache{ndp_options{.neighbours = 4}, 1};
  instant now = start;

  ndp_action advertise(std::optional<mac_address> link, bool solicited, bool overrides, bool router = false) {
    return cache.advertised({.target = who,
                             .router = router,
                             .solicited = solicited,
                             .overrides = overrides,
                             .target_link = link},
                            now);
  }
  void resolve() {
    static_cast<void>(cache.lookup(who, now));
    EXPECT_EQ(cache.poll(now).what, kind::solicit_neighbour);
    EXPECT_EQ(advertise(mac, true, true).what, kind::resolved);
    EXPECT_EQ(cache.state_of(who), state::reachable);
  }
  void expect_state(state expected) { EXPECT_EQ(cache.state_of(who), expected); }
};

TEST_F(neighbours, rfc4861_7_2_2_three_multicast_solicitations_a_retransmit_time_apart_then_failure) {
  EXPECT_EQ(cache.lookup(who, now).what, answer::asking);
  for (int i = 0; i < 3; ++i) {
    const ndp_action asked = cache.poll(now);
    EXPECT_EQ(asked.what, kind::solicit_neighbour);
    EXPECT_EQ(asked.target, who);
    EXPECT_TRUE(asked.destination.is_unspecified()) << "to the group of the target";
    EXPECT_EQ(cache.poll(now).what, kind::none);
    EXPECT_EQ(cache.next_timeout(), now + 1s);
    now += 1s;
  }
  EXPECT_EQ(cache.poll(now).what, kind::failed);
  EXPECT_EQ(cache.lookup(who, now).what, answer::failed);
  now += 3s;
  EXPECT_EQ(cache.poll(now).what, kind::none);
  EXPECT_EQ(cache.size(), 0u);
  EXPECT_EQ(cache.lookup(who, now).what, answer::asking) << "and is asked for anew";
}

TEST_F(neighbours, rfc4861_7_2_5_a_solicited_advertisement_makes_it_reachable) {
  resolve();
  const auto known = cache.lookup(who, now);
  EXPECT_EQ(known.what, answer::known);
  EXPECT_EQ(known.mac, mac);
}

TEST_F(neighbours, rfc4861_7_2_5_an_unsolicited_advertisement_resolves_to_stale) {
  static_cast<void>(cache.lookup(who, now));
  EXPECT_EQ(advertise(mac, false, true).what, kind::resolved);
  expect_state(state::stale);
}

TEST_F(neighbours, rfc4861_7_2_5_an_advertisement_of_a_neighbour_that_nobody_asked_for_makes_no_entry) {
  EXPECT_EQ(advertise(mac, true, true).what, kind::none);
  EXPECT_EQ(cache.size(), 0u);
}

TEST_F(neighbours, rfc4861_7_2_5_an_advertisement_without_an_address_does_not_resolve) {
  static_cast<void>(cache.lookup(who, now));
  EXPECT_EQ(advertise(std::nullopt, true, true).what, kind::none);
  expect_state(state::incomplete);
}

TEST_F(neighbours, rfc4861_7_2_5_another_address_without_override_makes_it_stale_and_is_not_taken) {
  resolve();
  static_cast<void>(advertise(other_mac, true, false));
  expect_state(state::stale);
  EXPECT_EQ(cache.lookup(who, now).mac, mac);
}

TEST_F(neighbours, rfc4861_7_2_5_another_address_with_override_is_taken) {
  resolve();
  static_cast<void>(advertise(other_mac, false, true));
  expect_state(state::stale);
  EXPECT_EQ(cache.lookup(who, now).mac, other_mac);
  static_cast<void>(advertise(mac, true, true));
  expect_state(state::reachable);
  EXPECT_EQ(cache.lookup(who, now).mac, mac);
}

TEST_F(neighbours, rfc4861_7_2_5_the_same_address_unsolicited_changes_nothing) {
  resolve();
  static_cast<void>(advertise(mac, false, true));
  expect_state(state::reachable);
}

TEST_F(neighbours, rfc4861_7_2_3_the_source_of_a_solicitation_is_stale) {
  EXPECT_EQ(cache.heard(who, mac, true, now).what, kind::none);
  expect_state(state::stale);
  static_cast<void>(advertise(mac, true, false));
  expect_state(state::reachable);
  EXPECT_EQ(cache.heard(who, mac, true, now).what, kind::none);
  expect_state(state::reachable);
  EXPECT_EQ(cache.heard(who, other_mac, true, now).what, kind::none);
  expect_state(state::stale);
}

TEST_F(neighbours, a_solicitation_of_one_that_is_asked_for_resolves_it) {
  static_cast<void>(cache.lookup(who, now));
  const ndp_action told = cache.heard(who, mac, true, now);
  EXPECT_EQ(told.what, kind::resolved);
  EXPECT_EQ(told.link, mac);
  expect_state(state::stale);
}

TEST_F(neighbours, rfc4861_7_3_3_reachable_ends_after_half_to_one_and_a_half_of_its_time) {
  resolve();
  const instant since = now;
  while (cache.state_of(who) == state::reachable) {
    now = cache.next_timeout();
    EXPECT_EQ(cache.poll(now).what, kind::none);
  }
  expect_state(state::stale);
  EXPECT_GE(now, since + 15s);
  EXPECT_LE(now, since + 45s + 1ns);
}

TEST_F(neighbours, rfc4861_7_3_3_a_stale_one_in_use_is_asked_by_unicast_after_five_seconds_three_times) {
  static_cast<void>(cache.heard(who, mac, true, now));
  EXPECT_EQ(cache.next_timeout(), never) << "as long as it is not used, nothing is sent";
  EXPECT_EQ(cache.lookup(who, now).what, answer::known);
  expect_state(state::delay);
  EXPECT_EQ(cache.next_timeout(), now + 5s);
  EXPECT_EQ(cache.poll(now + 4s).what, kind::none);
  now += 5s;
  for (int i = 0; i < 3; ++i) {
    const ndp_action asked = cache.poll(now);
    EXPECT_EQ(asked.what, kind::solicit_neighbour);
    EXPECT_EQ(asked.destination, who);
    EXPECT_EQ(asked.link, mac);
    expect_state(state::probe);
    EXPECT_EQ(cache.lookup(who, now).what, answer::known) << "packets go on meanwhile";
    now += 1s;
  }
  EXPECT_EQ(cache.poll(now).what, kind::none);
  EXPECT_EQ(cache.size(), 0u);
}

TEST_F(neighbours, rfc4861_7_3_3_an_answer_ends_the_probing) {
  static_cast<void>(cache.heard(who, mac, true, now));
  static_cast<void>(cache.lookup(who, now));
  now += 5s;
  EXPECT_TRUE(cache.poll(now));
  static_cast<void>(advertise(mac, true, false));
  expect_state(state::reachable);
  EXPECT_FALSE(cache.poll(now + 14s));
  expect_state(state::reachable);
}

TEST_F(neighbours, at_the_cap_strangers_push_out_only_what_nobody_uses) {
  resolve();
  for (std::uint64_t i = 10; i < 100; ++i)
    static_cast<void>(cache.heard({0xfe80'0000'0000'0000, i}, other_mac, true, now));
  EXPECT_EQ(cache.size(), 4u);
  expect_state(state::reachable);
}

TEST_F(neighbours, rfc6583_those_who_do_not_answer_have_half_of_the_table_at_most) {
  resolve();
  const auto ask = [&](std::uint64_t i) { return cache.lookup({0xfe80'0000'0000'0000, i}, now).what; };
  EXPECT_EQ(ask(10), answer::asking);
  EXPECT_EQ(ask(11), answer::asking);
  EXPECT_EQ(ask(12), answer::full);
  for (int tries = 0; tries < 4; ++tries, now += 1s)
    while (cache.poll(now)) continue;
  EXPECT_EQ(ask(12), answer::asking) << "in the place of one that has failed";
  for (std::uint64_t i = 20; i < 1000; ++i) {
    static_cast<void>(ask(i));
    now += 100ms;
    while (cache.poll(now)) continue;
    EXPECT_LE(cache.size(), 4u);
  }
  EXPECT_TRUE(cache.is_probably_reachable(who));
}

}  // namespace
}  // namespace mirage
