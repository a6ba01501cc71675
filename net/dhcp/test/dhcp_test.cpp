// SPDX-License-Identifier: ISC
// Client and server over our own UDP, IPv4, ARP and Ethernet, with a wire between them.
#include "mirage/dhcp.hpp"

#include <gtest/gtest.h>

#include "mirage/memory/udp.hpp"
#include "mirage/udp.hpp"
#include "wired_hosts.hpp"

namespace mirage {
namespace {

using internet = test::wired_host::internet;
using device = udp<internet>;
using client_type = dhcp_client<device>;
using server_type = dhcp_server<device>;
static_assert(v1::device<client_type> && v1::device<server_type>);
static_assert(v1::device<dhcp_client<memory::udp>> && v1::device<dhcp_server<memory::udp>>);

constexpr ipv4_prefix served = "10.0.0.1/24";

/// `near` serves; `far` has no address, and takes the one that it gets.
struct hosts : test::virtual_subject {
  hosts() : near(test::near_mac, {.address = served}), far(test::far_mac) {
    connect(near.network, far.network);
    near.on_udp = [this](const test::wired_host::header& from, buffer&& payload, const v1::received& how) {
      near_udp.input(from, payload, how);
    };
    far.on_udp = [this](const test::wired_host::header& from, buffer&& payload, const v1::received& how) {
      far_udp.input(from, payload, how);
    };
    EXPECT_TRUE(node.run(near.ip.start()).has_value());
    EXPECT_TRUE(node.run(server.start()).has_value());
    client.on_change([this](const dhcp_configuration* now) noexcept { change(now); });
  }
  void change(const dhcp_configuration* now) noexcept {
    for (const ipv4_address each : addresses) far.ip.remove_address(each);
    addresses.clear();
    ++changes;
    if (now == nullptr) return;
    EXPECT_TRUE(far.ip.add_address(now->address));
    addresses.push_back(now->address.address());
  }

  test::wired_host near;
  test::wired_host far;
  device near_udp{"near_udp", near.ip};
  device far_udp{"far_udp", far.ip};
  server_type server{"dhcp_server",
                     near_udp,
                     {.address = "10.0.0.1",
                      .networks = {{.network = ipv4_prefix("10.0.0.0/24"),
                                    .first = "10.0.0.100",
                                    .last = "10.0.0.101",
                                    .routers = {ipv4_address("10.0.0.1")}}},
                      .lease = 10min}};
  client_type client{"dhcp_client", far_udp, {.mac = test::far_mac, .host_name = "far"}};
  inline_vector<ipv4_address, 2> addresses;
  unsigned changes = 0;
};

TEST(dhcp, a_host_without_an_address_gets_one_and_can_be_reached) {
  hosts on;
  EXPECT_TRUE(on.node.run(on.client.start()).has_value());
  const dhcp_configuration got = on.node.run(on.client.configured());
  EXPECT_EQ(got.address, ipv4_prefix("10.0.0.100/24"));
  EXPECT_EQ(on.changes, 1u);
  std::string came;
  auto listening = on.far_udp.listen(
      {ip_address(), 7}, [&](v1::datagram&& datagram) noexcept { came = datagram.payload.text(); });
  ASSERT_TRUE(listening);
  auto hello = [](bytes room) noexcept {
    room[0] = std::byte{'h'};
    return std::size_t{1};
  };
  EXPECT_TRUE(on.near_udp.write({.destination = {ipv4_address("10.0.0.100"), 7}}, 1, hello));
  on.near_udp.batch_end();
  on.node.advance(1s);
  EXPECT_EQ(came, "h");
}

TEST(dhcp, the_lease_is_renewed_for_hours) {
  hosts on;
  EXPECT_TRUE(on.node.run(on.client.start()).has_value());
  on.node.advance(3h);
  EXPECT_EQ(on.client.state(), dhcp_client_state::bound);
  EXPECT_GE(on.changes, 3u * 6u * 2u - 1u);
  EXPECT_EQ(on.client.configuration()->address, ipv4_prefix("10.0.0.100/24"));
  EXPECT_EQ(on.server.core().taken(on.node.time()), 1u);
}

TEST(dhcp, without_a_server_the_address_is_lost_in_the_end) {
  hosts on;
  EXPECT_TRUE(on.node.run(on.client.start()).has_value());
  on.node.advance(1s);
  on.node.run(on.server.stop());
  on.node.advance(10min);
  EXPECT_EQ(on.client.configuration(), nullptr);
  EXPECT_TRUE(on.addresses.empty());
  EXPECT_TRUE(on.node.run(on.server.start()).has_value());
  on.node.advance(2min);
  EXPECT_NE(on.client.configuration(), nullptr);
}

TEST(dhcp, a_conflict_leads_to_another_address) {
  hosts on;
  bool first = true;
  on.client.on_change([&](const dhcp_configuration* now) noexcept {
    on.change(now);
    if (now != nullptr && std::exchange(first, false)) on.client.conflict();
  });
  EXPECT_TRUE(on.node.run(on.client.start()).has_value());
  on.node.advance(11s);
  ASSERT_NE(on.client.configuration(), nullptr);
  EXPECT_EQ(on.client.configuration()->address, ipv4_prefix("10.0.0.101/24"));
}

TEST(dhcp, stopping_gives_the_address_back) {
  hosts on;
  EXPECT_TRUE(on.node.run(on.client.start()).has_value());
  on.node.advance(1s);
  EXPECT_EQ(on.server.core().taken(on.node.time()), 1u);
  on.node.run(on.client.stop());
  on.node.advance(1s);
  EXPECT_EQ(on.server.core().taken(on.node.time()), 0u);
  EXPECT_TRUE(on.addresses.empty());
}

TEST(dhcp, a_port_that_is_taken_is_told) {
  hosts on;
  auto listening = on.far_udp.listen({ip_address(), dhcp_port::client}, [](v1::datagram&&) noexcept {});
  ASSERT_TRUE(listening);
  const auto started = on.node.run(on.client.start());
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error(), v1::listen_error::in_use);
}

TEST(dhcp, a_waiter_that_is_cancelled_leaves_no_trace) {
  hosts on;
  EXPECT_FALSE(on.node.run(with_timeout(1s, on.client.configured())).has_value());
  EXPECT_TRUE(on.node.run(on.client.start()).has_value());
  EXPECT_TRUE(on.node.run(with_timeout(1s, on.client.configured())).has_value());
}

}  // namespace
}  // namespace mirage
