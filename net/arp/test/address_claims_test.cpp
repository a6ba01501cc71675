// SPDX-License-Identifier: ISC
// RFC 5227, step by step.
#include "mirage/arp/address_claims.hpp"

#include <gtest/gtest.h>

namespace mirage {
namespace {

using kind = arp_action::kind;

constexpr ipv4_address ours = "10.0.0.1";
constexpr ipv4_address theirs = "10.0.0.2";
constexpr mac_address other = "02:00:00:00:00:99";
constexpr instant start{1000s};

/// The next thing that the claims do, and when.
struct step {
  arp_action what;
  duration at;
};
step next(address_claims& claims) {
  const instant when = claims.next_timeout();
  if (when == never) return {{}, {}};
  return {claims.poll(when), when - start};
}

void expect_announcement(const arp_action& action) {
  EXPECT_EQ(action.what, kind::send);
  EXPECT_EQ(action.operation, arp_operation::request);
  EXPECT_EQ(action.sender, ours);
  EXPECT_EQ(action.target, ours);
  EXPECT_EQ(action.to, mac_address::broadcast());
}

TEST(address_claims, three_probes_then_two_announcements) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    address_claims claims(4, seed);
    ASSERT_TRUE(claims.add(ours, true, start));
    duration before{-1s};
    for (int probe = 0; probe < 3; ++probe) {
      const step one = next(claims);
      ASSERT_EQ(one.what.what, kind::send);
      EXPECT_TRUE(one.what.sender.is_unspecified());
      EXPECT_EQ(one.what.target, ours);
      EXPECT_GE((one.at - before).count(), duration(1s).count());
      EXPECT_LE((one.at - before).count(), duration(2s).count());
      before = one.at;
      EXPECT_FALSE(claims.is_ours(ours));
      EXPECT_TRUE(claims.is_probing(ours));
    }
    const step claimed = next(claims);
    EXPECT_EQ(claimed.what.what, kind::claimed);
    EXPECT_EQ(claimed.at, before + 2s);
    EXPECT_TRUE(claims.is_ours(ours));
    const step first = next(claims);
    expect_announcement(first.what);
    const step second = next(claims);
    expect_announcement(second.what);
    EXPECT_EQ(second.at, first.at + 2s);
    EXPECT_EQ(claims.next_timeout(), never);
  }
}

TEST(address_claims, hosts_that_start_at_once_do_not_probe_at_once) {
  address_claims one(4, 1);
  address_claims another(4, 2);
  EXPECT_TRUE(one.add(ours, true, start) && another.add(ours, true, start));
  EXPECT_NE(one.next_timeout(), another.next_timeout());
}

TEST(address_claims, whoever_uses_a_probed_address_keeps_it) {
  for (const bool probes_too : {false, true}) {
    address_claims claims(4, 1);
    ASSERT_TRUE(claims.add(ours, true, start));
    const arp_action conflict =
        probes_too ? claims.heard({}, ours, other, start) : claims.heard(ours, theirs, other, start);
    EXPECT_EQ(conflict.what, kind::conflict);
    EXPECT_EQ(conflict.target, ours);
    EXPECT_EQ(conflict.to, other);
    EXPECT_FALSE(claims.is_ours(ours) || claims.is_probing(ours));
    EXPECT_EQ(claims.next_timeout(), never);
  }
}

TEST(address_claims, a_question_for_a_probed_address_is_no_conflict) {
  address_claims claims(4, 1);
  ASSERT_TRUE(claims.add(ours, true, start));
  EXPECT_EQ(claims.heard(theirs, ours, other, start).what, kind::none);
  EXPECT_TRUE(claims.is_probing(ours));
}

TEST(address_claims, what_is_ours_is_defended_once_in_ten_seconds_and_kept) {
  address_claims claims(4, 1);
  ASSERT_TRUE(claims.add(ours, false, start));
  instant now = start + 1min;
  while (claims.poll(now).what != kind::none) now += 1min;
  for (int rounds = 0; rounds < 3; ++rounds, now += 10s) {
    EXPECT_EQ(claims.heard(ours, theirs, other, now).what, kind::conflict);
    expect_announcement(claims.poll(now));
    EXPECT_EQ(claims.poll(now).what, kind::none);
    EXPECT_EQ(claims.heard(ours, theirs, other, now + 9s).what, kind::conflict);
    EXPECT_EQ(claims.poll(now + 9s).what, kind::none) << "no storm between two that defend";
    EXPECT_TRUE(claims.is_ours(ours));
  }
}

TEST(address_claims, a_probe_for_what_is_ours_is_no_conflict) {
  address_claims claims(4, 1);
  ASSERT_TRUE(claims.add(ours, false, start));
  EXPECT_EQ(claims.heard({}, ours, other, start).what, kind::none);
}

TEST(address_claims, what_is_ours_is_announced_again_at_another_place) {
  address_claims claims(4, 1);
  ASSERT_TRUE(claims.add(ours, false, start));
  while (next(claims).what.what != kind::none) {
  }
  ASSERT_TRUE(claims.add(theirs, true, start));
  const instant later = start + 1h;
  claims.announce(later);
  expect_announcement(claims.poll(later));
  expect_announcement(claims.poll(later + 2s));
  EXPECT_TRUE(claims.is_probing(theirs));
}

TEST(address_claims, the_nearest_address_asks) {
  address_claims claims(4, 1);
  EXPECT_TRUE(claims.nearest(theirs).is_unspecified());
  ASSERT_TRUE(claims.add("192.168.1.1", false, start));
  ASSERT_TRUE(claims.add(ours, false, start));
  ASSERT_TRUE(claims.add("10.0.0.3", true, start));
  EXPECT_EQ(claims.nearest(theirs), ours);
  EXPECT_EQ(claims.nearest("192.168.1.200"), ipv4_address("192.168.1.1"));
}

TEST(address_claims, there_is_a_cap) {
  address_claims claims(2, 1);
  EXPECT_TRUE(claims.add(ours, false, start));
  EXPECT_TRUE(claims.add(theirs, true, start));
  EXPECT_FALSE(claims.add("10.0.0.3", false, start));
  EXPECT_TRUE(claims.add(ours, true, start)) << "it is there already";
  EXPECT_TRUE(claims.is_ours(ours));
  claims.remove(ours);
  EXPECT_FALSE(claims.is_ours(ours));
  EXPECT_TRUE(claims.add("10.0.0.3", false, start));
}

}  // namespace
}  // namespace mirage
