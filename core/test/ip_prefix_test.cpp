// SPDX-License-Identifier: ISC
#include "mirage/core/ip_prefix.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <unordered_set>

#include "mirage/core/format.hpp"

namespace mirage {
namespace {

template <class Prefix>
std::string text(const Prefix& prefix) {
  return std::string(format_text<64>("{}", prefix));
}

TEST(ipv4_prefix, keeps_the_bits_of_the_host) {
  constexpr ipv4_prefix prefix{"10.0.0.2/24"};
  static_assert(prefix.length() == 24);
  EXPECT_EQ(prefix.address(), ipv4_address("10.0.0.2"));
  EXPECT_EQ(prefix.network(), ipv4_prefix("10.0.0.0/24"));
  EXPECT_EQ(prefix.mask(), ipv4_address("255.255.255.0"));
  EXPECT_EQ(prefix.broadcast(), ipv4_address("10.0.0.255"));
  EXPECT_EQ(text(prefix), "10.0.0.2/24");
}

TEST(ipv4_prefix, refuses_what_is_not_one) {
  for (std::string_view wrong :
       {"", "/", "10.0.0.2", "10.0.0.2/", "/24", "10.0.0.2/33", "10.0.0.2/024", "10.0.0.2/00", "10.0.0.2/+8",
        "10.0.0.2/-1", "10.0.0.2/ 8", "10.0.0.2/8 ", "10.0.0/24", "10.0.0.2/255.255.255.0", "10.0.0.2/24/8",
        "10.0.0.2/256", "10.0.0.2/4294967304", "::/0"})
    EXPECT_EQ(ipv4_prefix::parse(wrong), std::nullopt) << wrong;
}

TEST(ipv4_prefix, contains) {
  constexpr ipv4_prefix prefix{"192.168.16.1/20"};
  EXPECT_TRUE(prefix.contains(ipv4_address("192.168.16.0")));
  EXPECT_TRUE(prefix.contains(ipv4_address("192.168.31.255")));
  EXPECT_FALSE(prefix.contains(ipv4_address("192.168.32.0")));
  EXPECT_FALSE(prefix.contains(ipv4_address("192.168.15.255")));
  EXPECT_TRUE(prefix.contains(prefix));
  EXPECT_TRUE(prefix.contains(ipv4_prefix("192.168.20.0/24")));
  EXPECT_FALSE(prefix.contains(ipv4_prefix("192.168.16.0/19")));
  EXPECT_TRUE(ipv4_prefix().contains(ipv4_address("203.0.113.9")));
  EXPECT_TRUE(ipv4_prefix("10.0.0.1/32").contains(ipv4_address("10.0.0.1")));
  EXPECT_FALSE(ipv4_prefix("10.0.0.1/32").contains(ipv4_address("10.0.0.2")));
}

TEST(ipv4_prefix, the_smallest_networks_have_no_broadcast) {
  EXPECT_EQ(ipv4_prefix("10.0.0.1/30").broadcast(), ipv4_address("10.0.0.3"));
  EXPECT_EQ(ipv4_prefix("10.0.0.1/31").broadcast(), std::nullopt);  // RFC 3021
  EXPECT_EQ(ipv4_prefix("10.0.0.1/32").broadcast(), std::nullopt);
  EXPECT_EQ(ipv4_prefix().broadcast(), ipv4_address::broadcast());
}

TEST(ipv4_prefix, is_made_from_parts_that_came_from_outside) {
  constexpr ipv4_address address{"10.0.0.2"};
  EXPECT_EQ(ipv4_prefix::make(address, 32), ipv4_prefix("10.0.0.2/32"));
  EXPECT_EQ(ipv4_prefix::make(address, 33), std::nullopt);
  EXPECT_EQ(ipv4_prefix::from_mask(address, "255.255.255.0"), ipv4_prefix("10.0.0.2/24"));
  EXPECT_EQ(ipv4_prefix::from_mask(address, "0.0.0.0"), ipv4_prefix("10.0.0.2/0"));
  EXPECT_EQ(ipv4_prefix::from_mask(address, "255.255.255.255"), ipv4_prefix("10.0.0.2/32"));
  EXPECT_EQ(ipv4_prefix::from_mask(address, "255.0.255.0"), std::nullopt);
  EXPECT_EQ(ipv4_prefix::from_mask(address, "0.0.0.255"), std::nullopt);
}

TEST(ipv6_prefix, works_likewise) {
  constexpr ipv6_prefix prefix{"2001:db8:0:1::2/64"};
  EXPECT_EQ(prefix.network(), ipv6_prefix("2001:db8:0:1::/64"));
  EXPECT_EQ(prefix.mask(), ipv6_address("ffff:ffff:ffff:ffff::"));
  EXPECT_TRUE(prefix.contains(ipv6_address("2001:db8:0:1:ffff::")));
  EXPECT_FALSE(prefix.contains(ipv6_address("2001:db8:0:2::")));
  EXPECT_EQ(text(prefix), "2001:db8:0:1::2/64");
  EXPECT_TRUE(ipv6_prefix("fe80::/10").contains(ipv6_address("febf::1")));
  EXPECT_TRUE(ipv6_prefix("::1/128").contains(ipv6_address::loopback()));
  for (std::string_view wrong :
       {"::1", "::1/129", "::1/064", "::1%2/64", "[::1]/64", "10.0.0.1/8", "::1/1280"})
    EXPECT_EQ(ipv6_prefix::parse(wrong), std::nullopt) << wrong;
}

TEST(ip_prefix, holds_either_family) {
  const ip_prefix four{"10.0.0.2/24"};
  const ip_prefix six{"2001:db8::2/64"};
  EXPECT_TRUE(four.is_v4());
  EXPECT_TRUE(six.is_v6());
  EXPECT_EQ(four.v4(), ipv4_prefix("10.0.0.2/24"));
  EXPECT_EQ(six.v6(), ipv6_prefix("2001:db8::2/64"));
  EXPECT_EQ(text(four), "10.0.0.2/24");
  EXPECT_EQ(text(six), "2001:db8::2/64");
  EXPECT_EQ(four.network(), ip_prefix("10.0.0.0/24"));
  EXPECT_EQ(six.network(), ip_prefix("2001:db8::/64"));
  EXPECT_EQ(six.address(), ip_address("2001:db8::2"));
  EXPECT_EQ(six.length(), 64u);
  EXPECT_TRUE(four.contains(ip_address("10.0.0.9")));
  EXPECT_TRUE(six.contains(ip_address("2001:db8::9")));
  EXPECT_TRUE(six.contains(ip_prefix("2001:db8::/80")));
  EXPECT_FALSE(four.contains(ip_prefix("10.0.0.0/8")));
  EXPECT_FALSE(ip_prefix("0.0.0.0/0").contains(ip_address("::1")));
  EXPECT_FALSE(ip_prefix("::/0").contains(ip_address("10.0.0.1")));
  EXPECT_FALSE(ip_prefix("::/0").contains(ip_prefix("10.0.0.0/8")));
  EXPECT_EQ(ip_prefix::parse("10.0.0.2"), std::nullopt);
}

TEST(ip_prefix, goes_through_text_and_tables) {
  std::mt19937_64 random(7);
  std::unordered_set<ip_prefix> seen;
  for (int i = 0; i < 20'000; ++i) {
    const ip_prefix prefix =
        i % 2 == 0 ? ip_prefix(ipv4_prefix(ipv4_address(static_cast<std::uint32_t>(random())), random() % 33))
                   : ip_prefix(ipv6_prefix(ipv6_address(random(), random()), random() % 129));
    ASSERT_EQ(ip_prefix::parse(text(prefix)), prefix);
    ASSERT_TRUE(prefix.contains(prefix.network()));
    ASSERT_TRUE(prefix.network().contains(prefix.address()));
    seen.insert(prefix);
  }
  EXPECT_GT(seen.size(), 19'900u);
  EXPECT_TRUE(std::unordered_set<ipv4_prefix>{"10.0.0.0/8"}.contains("10.0.0.0/8"));
  EXPECT_LT(ipv4_prefix("10.0.0.0/8"), ipv4_prefix("10.0.0.0/9"));
}

}  // namespace
}  // namespace mirage
