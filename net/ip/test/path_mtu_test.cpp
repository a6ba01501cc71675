// SPDX-License-Identifier: ISC
#include "mirage/ip/path_mtu.hpp"

#include <gtest/gtest.h>

#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

constexpr ipv4_address there = "192.0.2.1";
constexpr std::uint32_t least = 552;
constexpr instant start = test::virtual_start;

TEST(path_mtu, a_report_counts_for_ten_minutes) {
  test::virtual_node node;
  path_mtu_cache paths(least);
  EXPECT_EQ(paths.mtu(there, 1500, start), 1500u);
  paths.too_long(there, 1400, 1500, start);
  EXPECT_EQ(paths.mtu(there, 1500, start), 1400u);
  EXPECT_EQ(paths.mtu(ipv4_address("192.0.2.2"), 1500, start), 1500u);
  EXPECT_EQ(paths.mtu(there, 1300, start), 1300u) << "the link is narrower";
  EXPECT_EQ(paths.mtu(there, 1500, start + 10min), 1500u);
  EXPECT_EQ(paths.size(), 0u);
}

TEST(path_mtu, only_smaller_ones_are_believed_and_not_too_small_ones) {
  test::virtual_node node;
  path_mtu_cache paths(least);
  paths.too_long(there, 1400, 1500, start);
  paths.too_long(there, 1450, 1500, start);
  EXPECT_EQ(paths.mtu(there, 1500, start), 1400u);
  paths.too_long(there, 68, 1500, start);
  EXPECT_EQ(paths.mtu(there, 1500, start), least);
}

TEST(path_mtu, a_router_that_does_not_say_lets_us_go_down_the_plateaus) {
  test::virtual_node node;
  path_mtu_cache paths(least);
  paths.too_long(there, 0, 9000, start);
  EXPECT_EQ(paths.mtu(there, 9000, start), 8166u);
  paths.too_long(there, 0, 8166, start);
  EXPECT_EQ(paths.mtu(there, 9000, start), 4352u);
  paths.too_long(there, 0, 1500, start);
  EXPECT_EQ(paths.mtu(there, 9000, start), 1492u);
  paths.too_long(there, 0, 60, start);
  EXPECT_EQ(paths.mtu(there, 9000, start), least);
}

TEST(path_mtu, at_the_cap_the_oldest_goes) {
  test::virtual_node node;
  path_mtu_cache paths(least, 3);
  for (unsigned i = 0; i < 5; ++i) paths.too_long(ipv4_address(i + 1), 1000 + i, 1500, start + i * 1s);
  EXPECT_EQ(paths.size(), 3u);
  EXPECT_EQ(paths.mtu(ipv4_address(2), 1500, start), 1500u);
  EXPECT_EQ(paths.mtu(ipv4_address(3), 1500, start), 1002u);
  EXPECT_EQ(paths.mtu(ipv4_address(5), 1500, start), 1004u);
}

TEST(path_mtu, of_ipv6_is_never_less_than_every_link_carries) {
  test::virtual_node node;
  path_mtu_cache paths(1280);
  constexpr ipv6_address far = "2001:db8::1";
  paths.too_long(far, 0, 1400, start);
  EXPECT_EQ(paths.mtu(far, 1500, start), 1280u);
  EXPECT_EQ(paths.mtu(there, 1500, start), 1500u);
}

}  // namespace
}  // namespace mirage
