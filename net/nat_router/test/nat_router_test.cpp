// SPDX-License-Identifier: ISC
#include "mirage/nat_router.hpp"

#include <gtest/gtest.h>

#include <string>

#include "mirage/arp.hpp"
#include "mirage/core/endian.hpp"
#include "mirage/ethernet.hpp"
#include "mirage/memory/network.hpp"
#include "mirage/test/direct_host.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

constexpr ipv4_address client_address = "192.168.1.10";
constexpr ipv4_address server_address = "10.0.0.9";
constexpr ipv4_address outside_address = "10.0.0.2";

/// One side of the router.
struct router_layers {
  router_layers(mac_address mac, const ipv4_options& options, memory::network_options wire = {})
      : network(mac, wire), ip("ipv4", link, neighbours, options) {}
  memory::network network;
  ethernet<memory::network> link{"ethernet", network};
  arp<ethernet<memory::network>> neighbours{"arp", link};
  ipv4<ethernet<memory::network>, arp<ethernet<memory::network>>> ip;
  icmp<decltype(ip)> messages{"icmp", ip};
  network_interface<memory::network, decltype(link), decltype(neighbours), decltype(ip), decltype(messages)>
      interface{"interface", network, link, neighbours, ip, messages};
};

constexpr ipv4_prefix client_prefix = "192.168.1.10/24";
constexpr ipv4_prefix inside_prefix = "192.168.1.1/24";
constexpr ipv4_prefix outside_prefix = "10.0.0.2/24";
constexpr ipv4_prefix server_prefix = "10.0.0.9/24";
constexpr ipv4_address inside_address = "192.168.1.1";

/// A client inside, the router, and a server outside that knows nothing of the inside.
struct routed : testing::Test {
  explicit routed(std::uint32_t outside_mtu = 1500)
      : outside("02:00:00:00:00:03", {.address = outside_prefix}, {.mtu = outside_mtu}),
        server_wire("02:00:00:00:00:04", {.mtu = outside_mtu}) {
    connect(client_wire, inside.network);
    connect(outside.network, server_wire);
    start(client.ipv4_layer);
    start(server.ipv4_layer);
    start(inside.ip);
    start(outside.ip);
    node.advance(3s);
  }
  void start(auto& ip) { require(node.run(ip.start()).has_value(), "a host does not start"); }

  bool ping(auto& from, ipv4_address to, std::size_t size = 56) {
    return node.run(from.icmp_layer.ping(to, size, 2s)).has_value();
  }
  /// Sends a datagram from port 5000 of one to port 7 of another, which sends it back.
  std::string echo(auto& from, auto& by, ipv4_address to, std::string_view text, std::uint16_t port = 7) {
    std::string came;
    auto asking = from.udp_layer.listen(
        {{}, 5000}, [&](v1::datagram&& answer) noexcept { came.assign(answer.payload.text()); });
    auto serving = by.udp_layer.listen({{}, 7}, [&](v1::datagram&& question) noexcept {
      peer = question.source;
      const cbytes payload = question.payload.view();
      auto fill = [payload](bytes room) noexcept {
        std::ranges::copy(payload, room.begin());
        return payload.size();
      };
      auto sent = by.udp_layer.write({.destination = question.source, .source = question.destination},
                                     payload.size(), fill);
      EXPECT_TRUE(sent.has_value());
    });
    auto fill = [text](bytes room) noexcept {
      std::ranges::copy(as_bytes(text), room.begin());
      return text.size();
    };
    auto sent = from.udp_layer.write({.destination = {to, port}, .source = {{}, 5000}}, text.size(), fill);
    EXPECT_TRUE(sent.has_value());
    node.advance(1s);
    return came;
  }

  test::virtual_node node;
  memory::network client_wire{"02:00:00:00:00:01"};
  test::direct_host<memory::network> client{client_wire,
                                            {.address = client_prefix, .gateway = inside_address}};
  router_layers inside{"02:00:00:00:00:02", {.address = inside_prefix}};
  router_layers outside;
  memory::network server_wire;
  test::direct_host<memory::network> server{server_wire, {.address = server_prefix}};
  nat_router<decltype(inside.interface), decltype(outside.interface)> router{"router", inside.interface,
                                                                             outside.interface};
  endpoint peer;
};

TEST_F(routed, pings_and_datagrams_go_through_as_from_the_router) {
  EXPECT_TRUE(ping(client, server_address));
  EXPECT_EQ(echo(client, server, server_address, "hello"), "hello");
  EXPECT_TRUE(peer == endpoint(outside_address, 5000));
  EXPECT_EQ(router.sessions(), 2u);
  EXPECT_EQ(router.forwarded(), 4u);
}

TEST_F(routed, fragments_go_through_both_ways) {
  const std::string text(9000, 'x');
  EXPECT_EQ(echo(client, server, server_address, text), text);
  EXPECT_TRUE(ping(client, server_address, 6000));
}

TEST_F(routed, the_router_answers_pings_itself) {
  EXPECT_TRUE(ping(client, inside_address));
  EXPECT_TRUE(ping(server, outside_address));
  EXPECT_EQ(router.forwarded(), 0u);
}

TEST_F(routed, nobody_outside_gets_in_unasked) {
  EXPECT_EQ(echo(server, client, outside_address, "hello"), "");
  server.ipv4_layer.add_route("192.168.1.0/24", outside_address);
  EXPECT_FALSE(ping(server, client_address));
  EXPECT_EQ(router.forwarded(), 0u);
}

TEST_F(routed, a_forwarded_port_lets_them_in) {
  ASSERT_TRUE(router.forward({nat_protocol::udp, 7777, {client_address, 7}}));
  EXPECT_EQ(echo(server, client, outside_address, "hello", 7777), "hello");
  EXPECT_EQ(peer, endpoint(server_address, 5000)) << "who it was is not hidden";
}

TEST_F(routed, hosts_inside_reach_a_forwarded_port_too) {
  ASSERT_TRUE(router.forward({nat_protocol::udp, 7777, {client_address, 7}}));
  EXPECT_EQ(echo(client, client, outside_address, "hello", 7777), "hello");
  EXPECT_TRUE(peer == endpoint(outside_address, 5000));
}

TEST_F(routed, who_is_nowhere_is_told) {
  auto unreachable = node.run(client.icmp_layer.ping("203.0.113.1", 56, 2s));
  EXPECT_FALSE(unreachable.has_value());
  EXPECT_EQ(router.forwarded(), 0u) << "there is no gateway outside";
}

TEST_F(routed, what_must_not_pass_does_not) {
  client.ipv4_layer.add_route("169.254.0.0/16", inside_address);
  EXPECT_FALSE(ping(client, "169.254.1.1"));
  client.ipv4_layer.add_address("172.16.0.1/32");
  const v1::ip_header<ipv4_address> spoofed{.source = "172.16.0.1", .destination = server_address};
  auto fill = [](bytes to) noexcept {
    udp_header::write(to, 1, 2, 8, 0);
    return std::size_t{8};
  };
  EXPECT_TRUE(client.ipv4_layer.write(spoofed, {.header = 8}, fill, {}).has_value());
  const v1::ip_header<ipv4_address> last_hop{.destination = server_address, .ttl = 1};
  EXPECT_TRUE(client.ipv4_layer.write(last_hop, {.header = 8}, fill, {}).has_value());
  node.settle();
  EXPECT_EQ(router.forwarded(), 0u);
  EXPECT_EQ(router.sessions(), 0u);
}

/// Whoever hears all frames of a wire, and counts those of ARP.
struct arp_counter {
  void input(buffer&& frame, const v1::received&) {
    seen += load_be16(frame.data() + 12) == ethertype::arp ? 1 : 0;
  }
  void batch_end() {}
  void writable() {}
  unsigned seen = 0;
};

TEST(nat_router, tells_where_it_is_when_a_link_is_restored) {
  test::virtual_node node;
  router_layers inside{"02:00:00:00:00:02", {.address = inside_prefix}};
  router_layers outside{"02:00:00:00:00:03", {.address = outside_prefix}};
  memory::network wire("02:00:00:00:00:05");
  connect(outside.network, wire);
  arp_counter counted;
  const subscription listening = wire.listen(counted);
  for (auto* const each : {&inside, &outside}) ASSERT_TRUE(node.run(each->ip.start()).has_value());
  const nat_router router("router", inside.interface, outside.interface);
  node.advance(10s);
  const unsigned before = counted.seen;
  outside.network.set_link(false);
  node.advance(1s);
  EXPECT_EQ(counted.seen, before);
  outside.network.set_link(true);
  node.advance(10s);
  EXPECT_GT(counted.seen, before);
}

struct routed_to_a_narrow_link : routed {
  routed_to_a_narrow_link() : routed(1000) {}
};

TEST_F(routed_to_a_narrow_link, what_may_be_cut_is_cut) {
  const std::string text(1400, 'x');
  EXPECT_EQ(echo(client, server, server_address, text), text);
}

TEST_F(routed_to_a_narrow_link, who_must_not_be_cut_is_told) {
  const v1::ip_header<ipv4_address> whole{.destination = server_address, .dont_fragment = true};
  auto fill = [](bytes to) noexcept {
    std::ranges::fill(to.first(1200), std::byte{});
    udp_header::write(to, 5000, 7, 1200, 0);
    return std::size_t{1200};
  };
  auto asking = client.udp_layer.listen({{}, 5000}, [](v1::datagram&&) noexcept {});
  EXPECT_TRUE(client.ipv4_layer.write(whole, {.header = 1200}, fill, {}).has_value());
  node.settle();
  EXPECT_EQ(router.forwarded(), 0u);
  const auto way = client.ipv4_layer.route(server_address);
  ASSERT_TRUE(way.has_value());
  EXPECT_EQ(way->mtu, 1000u) << "it remembers what it was told";
}

}  // namespace
}  // namespace mirage
