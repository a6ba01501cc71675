// SPDX-License-Identifier: ISC
#include "mirage/ipv4/routes.hpp"

#include <gtest/gtest.h>

namespace mirage {
namespace {

TEST(routes, neighbours_are_reached_directly_and_others_by_the_gateway) {
  ipv4_routes routes;
  ASSERT_TRUE(routes.add_address("10.0.0.2/24"));
  ASSERT_TRUE(routes.add_route({}, "10.0.0.1"));
  const ipv4_hop near = routes.find("10.0.0.99");
  EXPECT_EQ(near.kind, hop_kind::unicast);
  EXPECT_EQ(near.next, ipv4_address("10.0.0.99"));
  EXPECT_EQ(near.source, ipv4_address("10.0.0.2"));
  const ipv4_hop far = routes.find("192.0.2.1");
  EXPECT_EQ(far.kind, hop_kind::unicast);
  EXPECT_EQ(far.next, ipv4_address("10.0.0.1"));
  EXPECT_EQ(far.source, ipv4_address("10.0.0.2"));
}

TEST(routes, without_a_gateway_there_is_no_way) {
  ipv4_routes routes;
  EXPECT_EQ(routes.find("192.0.2.1").kind, hop_kind::none);
  ASSERT_TRUE(routes.add_address("10.0.0.2/24"));
  EXPECT_EQ(routes.find("192.0.2.1").kind, hop_kind::none);
  ASSERT_TRUE(routes.add_route({}, "172.16.0.1"));
  EXPECT_EQ(routes.find("192.0.2.1").kind, hop_kind::none) << "that gateway is on no link";
  EXPECT_EQ(routes.find("0.0.0.0").kind, hop_kind::none);
}

TEST(routes, the_longest_prefix_decides) {
  ipv4_routes routes;
  ASSERT_TRUE(routes.add_address("10.0.0.2/8"));
  ASSERT_TRUE(routes.add_address("10.1.0.2/16"));
  ASSERT_TRUE(routes.add_route({}, "10.0.0.1"));
  ASSERT_TRUE(routes.add_route("10.1.2.0/24", "10.0.0.3"));
  ASSERT_TRUE(routes.add_route("192.0.2.0/24", "10.1.0.1"));
  EXPECT_EQ(routes.find("10.2.0.1").source, ipv4_address("10.0.0.2"));
  EXPECT_EQ(routes.find("10.1.0.1").source, ipv4_address("10.1.0.2"));
  EXPECT_EQ(routes.find("10.1.2.9").next, ipv4_address("10.0.0.3")) << "longer than the link's";
  EXPECT_EQ(routes.find("192.0.2.9").next, ipv4_address("10.1.0.1"));
  EXPECT_EQ(routes.find("192.0.2.9").source, ipv4_address("10.1.0.2"));
  EXPECT_EQ(routes.find("198.51.100.1").next, ipv4_address("10.0.0.1"));
  EXPECT_EQ(routes.find("198.51.100.1").prefix_length, 0);
  EXPECT_EQ(routes.find("10.2.0.1").prefix_length, 8);
  EXPECT_EQ(routes.find("10.1.2.9").prefix_length, 24);
  EXPECT_EQ(routes.find("10.1.0.2").prefix_length, 32);
}

TEST(routes, a_network_on_the_link_and_a_gateway_in_it_need_no_address_there) {
  ipv4_routes routes;
  ASSERT_TRUE(routes.add_address("10.0.0.2/32"));
  ASSERT_TRUE(routes.add_route("10.0.0.1/32", {}));
  ASSERT_TRUE(routes.add_route({}, "10.0.0.1"));
  EXPECT_EQ(routes.find("10.0.0.1").next, ipv4_address("10.0.0.1"));
  EXPECT_EQ(routes.find("10.0.0.1").source, ipv4_address("10.0.0.2"));
  EXPECT_EQ(routes.find("192.0.2.1").next, ipv4_address("10.0.0.1"));
  EXPECT_EQ(routes.find("192.0.2.1").source, ipv4_address("10.0.0.2"));
  routes.remove_route("10.0.0.1/32");
  EXPECT_EQ(routes.find("192.0.2.1").kind, hop_kind::none);
}

TEST(routes, groups_and_broadcasts_are_known) {
  ipv4_routes routes;
  EXPECT_EQ(routes.find("255.255.255.255").kind, hop_kind::broadcast);
  ASSERT_TRUE(routes.add_address("10.0.0.2/24"));
  EXPECT_EQ(routes.find("10.0.0.255").kind, hop_kind::broadcast);
  EXPECT_EQ(routes.find("10.0.0.255").source, ipv4_address("10.0.0.2"));
  EXPECT_EQ(routes.find("10.0.0.0").kind, hop_kind::broadcast);
  EXPECT_EQ(routes.find("224.0.0.251").kind, hop_kind::multicast);
  EXPECT_EQ(routes.find("224.0.0.251").source, ipv4_address("10.0.0.2"));
  EXPECT_EQ(routes.find("10.0.1.255").kind, hop_kind::none);
}

TEST(routes, a_network_of_two_has_no_broadcast) {
  ipv4_routes routes;
  ASSERT_TRUE(routes.add_address("10.0.0.0/31"));
  EXPECT_EQ(routes.find("10.0.0.1").kind, hop_kind::unicast);
  EXPECT_FALSE(routes.is_broadcast("10.0.0.1"));
  EXPECT_TRUE(routes.is_ours("10.0.0.0"));
}

TEST(routes, our_own_are_local) {
  ipv4_routes routes;
  ASSERT_TRUE(routes.add_address("10.0.0.2/24"));
  EXPECT_EQ(routes.find("10.0.0.2").kind, hop_kind::local);
  EXPECT_EQ(routes.find("127.0.0.1").kind, hop_kind::local);
  ASSERT_TRUE(routes.add_route("192.0.2.0/24", "10.0.0.2"));
  EXPECT_EQ(routes.find("192.0.2.1").kind, hop_kind::none) << "we are no gateway for ourselves";
}

TEST(routes, what_changes_is_followed) {
  ipv4_routes routes;
  ASSERT_TRUE(routes.add_address("10.0.0.2/24"));
  ASSERT_TRUE(routes.add_address("10.0.0.2/16"));
  EXPECT_EQ(routes.addresses().size(), 1u);
  EXPECT_EQ(routes.find("10.0.9.9").kind, hop_kind::unicast);
  ASSERT_TRUE(routes.add_route({}, "10.0.0.1"));
  ASSERT_TRUE(routes.add_route({}, "10.0.0.3"));
  EXPECT_EQ(routes.find("192.0.2.1").next, ipv4_address("10.0.0.3"));
  routes.remove_route({});
  EXPECT_EQ(routes.find("192.0.2.1").kind, hop_kind::none);
  routes.remove_address("10.0.0.2");
  EXPECT_TRUE(routes.addresses().empty());
  EXPECT_EQ(routes.find("10.0.0.99").kind, hop_kind::none);
}

TEST(routes, there_are_caps_and_impossible_addresses) {
  ipv4_routes routes;
  for (const ipv4_prefix bad : {ipv4_prefix("0.0.0.0/0"), ipv4_prefix("127.0.0.1/8"),
                                ipv4_prefix("224.0.0.1/4"), ipv4_prefix("255.255.255.255/32")})
    EXPECT_FALSE(routes.add_address(bad));
  for (unsigned i = 0; i < ipv4_routes::most_addresses; ++i)
    EXPECT_TRUE(routes.add_address({ipv4_address(0x0a000001 + i), 24}));
  EXPECT_FALSE(routes.add_address("10.1.0.1/24"));
  for (unsigned i = 0; i < ipv4_routes::most_routes; ++i)
    EXPECT_TRUE(routes.add_route({ipv4_address(0x0b000000 + 256 * i), 24}, "10.0.0.99"));
  EXPECT_FALSE(routes.add_route({}, "10.0.0.99"));
}

}  // namespace
}  // namespace mirage
