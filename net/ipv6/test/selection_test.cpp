// SPDX-License-Identifier: ISC
// The examples of RFC 6724 §10, as far as they are about one interface.
#include "mirage/ipv6/selection.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <vector>

#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

constexpr instant now = test::virtual_start;

std::optional<ipv6_address> source(std::initializer_list<ipv6_prefix> ours, ipv6_address to) {
  std::vector<own_address> list;
  for (const ipv6_prefix& each : ours) list.push_back({.network = each});
  return select_source(list, to, now);
}

TEST(source_selection, rfc6724_10_1_examples) {
  EXPECT_EQ(source({"2001:db8:3::1/64", "fe80::1/64"}, "2001:db8:1::1"), ipv6_address("2001:db8:3::1"));
  EXPECT_EQ(source({"2001:db8:3::1/64", "fe80::1/64"}, "ff05::1"), ipv6_address("2001:db8:3::1"));
  EXPECT_EQ(source({"2001:db8:1::1/64", "2001:db8:2::1/64"}, "2001:db8:1::1"), ipv6_address("2001:db8:1::1"))
      << "rule 1: the same address";
  EXPECT_EQ(source({"2001:db8:1::1/64", "fe80::1/64"}, "ff02::1"), ipv6_address("fe80::1"))
      << "rule 2: the scope";
  EXPECT_EQ(source({"2001:db8:2::1/64", "2001:db8:1::2/64"}, "2001:db8:1::1"), ipv6_address("2001:db8:1::2"))
      << "rule 8: the longest prefix";
  EXPECT_EQ(source({"2002:c633:6401::1/64", "2001:db8:1::2/64"}, "2002:c633:6401::d5e3:7953:13eb:22e8"),
            ipv6_address("2002:c633:6401::1"))
      << "rule 6: the label";
}

TEST(source_selection, a_deprecated_address_is_the_last_resort) {
  std::vector<own_address> list{{.network = "2001:db8:1::1/64"}, {.network = "2001:db8:2::1/64"}};
  list[0].preferred_until = now;
  EXPECT_EQ(select_source(list, "2001:db8:1::9", now), ipv6_address("2001:db8:2::1"));
  list.pop_back();
  EXPECT_EQ(select_source(list, "2001:db8:1::9", now), ipv6_address("2001:db8:1::1"));
  list[0].tentative = true;
  EXPECT_EQ(select_source(list, "2001:db8:1::9", now), std::nullopt);
}

TEST(source_selection, a_wider_scope_is_taken_where_none_fits) {
  EXPECT_EQ(source({"2001:db8::1/64"}, "fe80::9"), ipv6_address("2001:db8::1"));
  EXPECT_EQ(source({"fe80::1/64"}, "2001:db8::9"), ipv6_address("fe80::1"));
}

std::vector<ip_address> ordered(std::vector<destination_candidate> candidates) {
  order_destinations(candidates);
  std::vector<ip_address> order;
  for (const auto& each : candidates) order.push_back(each.destination);
  return order;
}

TEST(destination_order, rfc6724_10_2_examples) {
  const ip_address v6 = "2001:db8:1::1";
  const ip_address v4 = "198.51.100.121";
  EXPECT_EQ(ordered({{v4, ip_address("169.254.13.78")}, {v6, ip_address("2001:db8:1::2")}}),
            (std::vector{v6, v4}))
      << "rule 2";
  EXPECT_EQ(ordered({{v6, ip_address("fe80::1")}, {v4, ip_address("198.51.100.117")}}), (std::vector{v4, v6}))
      << "rule 2";
  EXPECT_EQ(ordered({{"10.1.2.3", ip_address("10.1.2.4")}, {v6, ip_address("2001:db8:1::2")}}),
            (std::vector<ip_address>{v6, "10.1.2.3"}))
      << "rule 6";
  EXPECT_EQ(ordered({{v6, ip_address("2001:db8:1::2")}, {"fe80::1", ip_address("fe80::2")}}),
            (std::vector<ip_address>{"fe80::1", v6}))
      << "rule 8";
  EXPECT_EQ(
      ordered({{"2001:db8:3ffe::1", ip_address("2001:db8:3f44::2")}, {v6, ip_address("2001:db8:1::2")}}),
      (std::vector<ip_address>{v6, "2001:db8:3ffe::1"}))
      << "rule 9";
  EXPECT_EQ(ordered({{"2002:c633:6401::1", ip_address("2002:c633:6401::2")},
                     {v6, ip_address("2002:c633:6401::2")}}),
            (std::vector<ip_address>{"2002:c633:6401::1", v6}))
      << "rule 5";
}

TEST(destination_order, what_cannot_be_reached_comes_last_and_a_deprecated_source_before) {
  const ip_address one = "2001:db8:1::1";
  const ip_address two = "2001:db8:2::1";
  const ip_address three = "2001:db8:3::1";
  EXPECT_EQ(ordered({{one, std::nullopt},
                     {two, ip_address("2001:db8:9::1"), true},
                     {three, ip_address("2001:db8:9::2")}}),
            (std::vector{three, two, one}));
}

TEST(policy, scopes_and_labels) {
  EXPECT_EQ(scope_of("ff05::1"), 5u);
  EXPECT_EQ(scope_of("::1"), 2u);
  EXPECT_EQ(scope_of("fec0::1"), 5u);
  EXPECT_EQ(scope_of("2001:db8::1"), 14u);
  EXPECT_EQ(policy_of("::1").precedence, 50);
  EXPECT_EQ(policy_of(ipv6_address::mapped("192.0.2.1")).label, 4);
  EXPECT_EQ(policy_of("2001::1").label, 5);
  EXPECT_EQ(policy_of("2001:db8::1").label, 1);
  EXPECT_EQ(policy_of("fd00::1").label, 13);
}

}  // namespace
}  // namespace mirage
