// SPDX-License-Identifier: ISC
#include "mirage/happy_eyeballs/core.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <vector>

namespace mirage {
namespace {

constexpr ip_address six_a = "2001:db8::a";
constexpr ip_address six_b = "2001:db8::b";
constexpr ip_address four_a = "192.0.2.1";
constexpr ip_address four_b = "192.0.2.2";
constexpr instant begin{1000s};

v1::address_list list(std::initializer_list<ip_address> of) {
  v1::address_list made;
  for (const ip_address& each : of) made.push_back(each);
  return made;
}

/// What is tried, one after the other, while nobody answers.
std::vector<ip_address> all_attempts(happy_eyeballs_core& core, instant now = begin) {
  std::vector<ip_address> tried;
  for (; core.next_timeout() != never; now = std::max(now, core.next_timeout()))
    if (const auto next = core.poll(now)) tried.push_back(*next);
  return tried;
}

TEST(HappyEyeballsCore, VersionsTakeTurnsAndTheFirstAddressBegins) {
  happy_eyeballs_core core({});
  core.resolved(list({six_a, six_b, four_a, four_b}));
  EXPECT_EQ(all_attempts(core), (std::vector{six_a, four_a, six_b, four_b}));
  happy_eyeballs_core other({});
  other.resolved(list({four_a, four_b, six_a}));
  EXPECT_EQ(all_attempts(other), (std::vector{four_a, six_a, four_b}));
}

TEST(HappyEyeballsCore, AttemptsBeginAQuarterOfASecondApart) {
  happy_eyeballs_core core({});
  core.resolved(list({six_a, four_a}));
  EXPECT_EQ(core.poll(begin), six_a);
  EXPECT_EQ(core.next_timeout(), begin + 250ms);
  EXPECT_EQ(core.poll(begin + 249ms), std::nullopt);
  EXPECT_EQ(core.poll(begin + 250ms), four_a);
  EXPECT_EQ(core.next_timeout(), never);
}

TEST(HappyEyeballsCore, AFailureLetsTheNextBeginAtOnce) {
  happy_eyeballs_core core({});
  core.resolved(list({six_a, four_a}));
  EXPECT_EQ(core.poll(begin), six_a);
  core.failed();
  EXPECT_FALSE(core.exhausted());
  EXPECT_EQ(core.poll(begin), four_a);
  EXPECT_FALSE(core.exhausted()) << "one is still under way";
  core.failed();
  EXPECT_TRUE(core.exhausted());
}

TEST(HappyEyeballsCore, Ipv4WaitsForIpv6ButNotForLong) {
  happy_eyeballs_core core({});
  core.resolved_v4(list({four_a}), begin);
  EXPECT_EQ(core.poll(begin), std::nullopt);
  EXPECT_EQ(core.next_timeout(), begin + 50ms);
  EXPECT_EQ(core.poll(begin + 50ms), four_a);
  // What comes later joins.
  core.resolved_v6(list({six_a}));
  EXPECT_EQ(core.next_timeout(), begin + 300ms);
  EXPECT_EQ(core.poll(begin + 300ms), six_a);
}

TEST(HappyEyeballsCore, Ipv6WithinTheDelayGoesFirst) {
  happy_eyeballs_core core({});
  core.resolved_v4(list({four_a}), begin);
  core.resolved_v6(list({six_a}));
  EXPECT_EQ(core.poll(begin + 10ms), six_a);
  EXPECT_EQ(core.poll(begin + 260ms), four_a);
}

TEST(HappyEyeballsCore, Ipv6AloneNeedNotWait) {
  happy_eyeballs_core core({});
  core.resolved_v6(list({six_a}));
  EXPECT_EQ(core.poll(begin), six_a);
  core.failed();
  EXPECT_FALSE(core.exhausted()) << "IPv4 may still come";
  core.resolved_v4({}, begin);
  EXPECT_TRUE(core.exhausted());
}

TEST(HappyEyeballsCore, WithoutAnyAddressNothingIsTried) {
  happy_eyeballs_core core({});
  EXPECT_FALSE(core.exhausted());
  core.resolved_v4({}, begin);
  EXPECT_FALSE(core.exhausted());
  core.resolved_v6({});
  EXPECT_TRUE(core.exhausted());
  EXPECT_EQ(core.poll(begin + 1h), std::nullopt);
}

}  // namespace
}  // namespace mirage
