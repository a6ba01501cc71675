// SPDX-License-Identifier: ISC
#include "mirage/arp/neighbour_table.hpp"

#include <gtest/gtest.h>

#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

using answer = neighbour_table::answer;
using merge = neighbour_table::merge;
using kind = arp_action::kind;

constexpr ipv4_address one = "10.0.0.1";
constexpr mac_address here = "02:00:00:00:00:01";
constexpr mac_address there = "02:00:00:00:00:02";

struct neighbours : testing::Test {
  test::virtual_node node;
  neighbour_table table{arp_options{.neighbours = 4}};
  instant now = test::virtual_start;

  void expect_request(mac_address to) {
    const arp_action wanted = table.poll(now);
    EXPECT_EQ(wanted.what, kind::send);
    EXPECT_EQ(wanted.target, one);
    EXPECT_EQ(wanted.to, to);
    EXPECT_EQ(table.poll(now).what, kind::none);
  }
  void pass(duration time) {
    now += time;
    EXPECT_LE(table.next_timeout(), now);
  }
};

TEST_F(neighbours, three_requests_a_second_apart_then_silence_then_forgotten) {
  EXPECT_EQ(table.lookup(one, now).what, answer::asking);
  for (int tries = 0; tries < 3; ++tries) {
    expect_request(mac_address::broadcast());
    EXPECT_EQ(table.next_timeout(), now + 1s);
    EXPECT_EQ(table.lookup(one, now).what, answer::asking);
    EXPECT_EQ(table.poll(now + 999ms).what, kind::none) << "at most one a second";
    pass(1s);
  }
  const arp_action given_up = table.poll(now);
  EXPECT_EQ(given_up.what, kind::failed);
  EXPECT_EQ(given_up.target, one);
  EXPECT_EQ(table.lookup(one, now).what, answer::failed);
  pass(3s);
  EXPECT_EQ(table.poll(now).what, kind::none);
  EXPECT_EQ(table.size(), 0u);
  EXPECT_EQ(table.next_timeout(), never);
  EXPECT_EQ(table.lookup(one, now).what, answer::asking) << "and asked for again";
}

TEST_F(neighbours, who_is_used_is_asked_by_unicast_before_it_is_too_old) {
  EXPECT_EQ(table.heard(one, here, true, now), merge::learned);
  EXPECT_EQ(table.lookup(one, now).mac, here);
  pass(60s);
  expect_request(here);
  EXPECT_EQ(table.lookup(one, now).what, answer::known) << "it serves while it is asked";
  EXPECT_EQ(table.heard(one, here, false, now), merge::confirmed);
  EXPECT_EQ(table.poll(now + 59s).what, kind::none);
}

TEST_F(neighbours, who_does_not_answer_by_unicast_is_asked_for_by_broadcast) {
  EXPECT_EQ(table.heard(one, here, true, now), merge::learned);
  EXPECT_EQ(table.lookup(one, now).what, answer::known);
  pass(60s);
  expect_request(here);
  pass(1s);
  expect_request(here);
  pass(1s);
  expect_request(mac_address::broadcast());
  EXPECT_EQ(table.lookup(one, now).mac, here) << "it serves while it is asked";
  EXPECT_EQ(table.heard(one, there, false, now), merge::moved);
  EXPECT_EQ(table.lookup(one, now).mac, there);
}

TEST_F(neighbours, who_does_not_answer_at_all_any_more_is_forgotten) {
  EXPECT_EQ(table.heard(one, here, true, now), merge::learned);
  EXPECT_EQ(table.lookup(one, now).what, answer::known);
  pass(60s);
  for (int i = 0; i < 5; ++i, pass(1s)) expect_request(i < 2 ? here : mac_address::broadcast());
  EXPECT_EQ(table.poll(now).what, kind::none);
  EXPECT_EQ(table.size(), 0u);
  EXPECT_EQ(table.lookup(one, now).what, answer::asking);
}

TEST_F(neighbours, who_is_not_used_is_forgotten) {
  EXPECT_EQ(table.heard(one, here, true, now), merge::learned);
  pass(60s);
  EXPECT_EQ(table.poll(now).what, kind::none);
  EXPECT_EQ(table.size(), 0u);
}

TEST_F(neighbours, only_who_is_known_or_speaks_to_us_is_learned) {
  EXPECT_EQ(table.heard(one, here, false, now), merge::none);
  EXPECT_EQ(table.size(), 0u);
  EXPECT_EQ(table.heard(one, here, true, now), merge::learned);
  EXPECT_EQ(table.heard(one, there, false, now), merge::moved);
  EXPECT_EQ(table.lookup(one, now).mac, there);
}

TEST_F(neighbours, one_that_failed_is_known_as_soon_as_it_speaks) {
  EXPECT_EQ(table.lookup(one, now).what, answer::asking);
  for (int i = 0; i < 4; ++i, now += 1s) EXPECT_NE(table.poll(now).what, kind::none);
  EXPECT_EQ(table.lookup(one, now).what, answer::failed);
  EXPECT_EQ(table.heard(one, here, false, now), merge::learned);
  EXPECT_EQ(table.lookup(one, now).what, answer::known);
}

TEST_F(neighbours, at_the_cap_strangers_do_not_push_out_who_is_used) {
  for (unsigned i = 0; i < 4; ++i) {
    EXPECT_EQ(table.heard(ipv4_address(i), here, true, now), merge::learned);
    if (i < 3) EXPECT_EQ(table.lookup(ipv4_address(i), now).what, answer::known);
  }
  for (unsigned i = 100; i < 200; ++i)
    EXPECT_EQ(table.heard(ipv4_address(i), there, true, now), merge::learned) << "in place of one unused";
  EXPECT_EQ(table.size(), 4u);
  for (unsigned i = 0; i < 3; ++i) EXPECT_EQ(table.lookup(ipv4_address(i), now).mac, here);
  EXPECT_EQ(table.lookup(ipv4_address(199), now).mac, there);
  EXPECT_EQ(table.heard(ipv4_address(200), there, true, now), merge::none) << "all are used now";
}

TEST_F(neighbours, who_does_not_answer_has_half_of_the_table) {
  for (unsigned i = 0; i < 4; ++i) {
    EXPECT_EQ(table.heard(ipv4_address(i), here, true, now), merge::learned);
    EXPECT_EQ(table.lookup(ipv4_address(i), now).what, answer::known);
  }
  EXPECT_EQ(table.lookup(ipv4_address(100), now).what, answer::asking);
  EXPECT_EQ(table.lookup(ipv4_address(101), now).what, answer::asking);
  for (unsigned i = 102; i < 200; ++i) EXPECT_EQ(table.lookup(ipv4_address(i), now).what, answer::full);
  EXPECT_EQ(table.size(), 4u);
  unsigned known = 0;
  for (unsigned i = 0; i < 4; ++i) known += table.lookup(ipv4_address(i), now).what == answer::known ? 1 : 0;
  EXPECT_EQ(known, 2u) << "and the other half is for who is known";
  int requests = 0;
  while (table.poll(now).what == kind::send) ++requests;
  EXPECT_EQ(requests, 2);
}

TEST_F(neighbours, who_has_not_answered_makes_room_for_the_next) {
  EXPECT_EQ(table.lookup(ipv4_address(100), now).what, answer::asking);
  EXPECT_EQ(table.lookup(ipv4_address(101), now).what, answer::asking);
  EXPECT_EQ(table.lookup(ipv4_address(102), now).what, answer::full);
  for (int i = 0; i < 4; ++i, now += 1s)
    while (table.poll(now).what != kind::none) continue;
  EXPECT_EQ(table.lookup(ipv4_address(100), now).what, answer::failed);
  EXPECT_EQ(table.lookup(ipv4_address(102), now).what, answer::asking);
  EXPECT_EQ(table.lookup(ipv4_address(103), now).what, answer::asking);
  EXPECT_EQ(table.lookup(ipv4_address(104), now).what, answer::full);
}

}  // namespace
}  // namespace mirage
