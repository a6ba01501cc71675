// SPDX-License-Identifier: ISC
#include "mirage/dhcp/lease_table.hpp"

#include <gtest/gtest.h>

#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

dhcp_network network(ipv4_address first, ipv4_address last) {
  return {.network = ipv4_prefix("10.0.0.0/24"), .first = first, .last = last};
}

TEST(lease_table, addresses_that_no_host_can_have_are_left_out) {
  test::virtual_node node;
  const dhcp_lease_table whole(network("10.0.0.0", "10.0.0.255"), {}, 4096);
  EXPECT_EQ(whole.size(), 254u);
  const dhcp_lease_table beyond(network("10.0.0.250", "10.0.1.5"), {}, 4096);
  EXPECT_EQ(beyond.size(), 5u);
  const dhcp_lease_table far_beyond(network("0.0.0.0", "255.255.255.255"), {}, 4096);
  EXPECT_EQ(far_beyond.size(), 254u);
  const dhcp_lease_table reversed(network("10.0.0.9", "10.0.0.1"), {}, 4096);
  EXPECT_EQ(reversed.size(), 0u);
}

TEST(lease_table, the_cap_holds_and_reservations_come_first) {
  test::virtual_node node;
  const std::vector<dhcp_reservation> reservations{{.mac = "02:00:00:00:00:01", .address = "10.0.0.200"},
                                                   {.mac = "02:00:00:00:00:02", .address = "192.168.0.1"},
                                                   {.mac = "02:00:00:00:00:03", .address = "10.0.0.11"}};
  dhcp_lease_table table(network("10.0.0.10", "10.0.0.100"), reservations, 4);
  EXPECT_EQ(table.size(), 4u);
  EXPECT_TRUE(table.at("10.0.0.200")->reserved);
  EXPECT_TRUE(table.at("10.0.0.11")->reserved);
  EXPECT_EQ(table.at("192.168.0.1"), nullptr) << "of another network";
  EXPECT_FALSE(table.at("10.0.0.10")->reserved);
  EXPECT_NE(table.at("10.0.0.12"), nullptr);
  EXPECT_EQ(table.at("10.0.0.13"), nullptr);
}

TEST(lease_table, the_whole_address_space_is_no_endless_loop) {
  test::virtual_node node;
  const dhcp_network all{.network = ipv4_prefix("0.0.0.0/0"), .first = "0.0.0.0", .last = "255.255.255.255"};
  const dhcp_lease_table table(all, {}, 10);
  EXPECT_LE(table.size(), 10u);
}

TEST(lease_table, a_client_has_one_address_at_a_time) {
  test::virtual_node node;
  const instant now = test::virtual_start;
  dhcp_lease_table table(network("10.0.0.10", "10.0.0.12"), {}, 3);
  const dhcp_client_key client{{std::byte{1}}};
  table.assign(*table.at("10.0.0.10"), client, {}, dhcp_lease::state::leased, now + 1h);
  table.assign(*table.at("10.0.0.12"), client, {}, dhcp_lease::state::leased, now + 1h);
  EXPECT_EQ(table.taken(now), 1u);
  EXPECT_EQ(table.of(client), table.at("10.0.0.12"));
}

}  // namespace
}  // namespace mirage
