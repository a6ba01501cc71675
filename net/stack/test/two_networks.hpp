// SPDX-License-Identifier: ISC
// A host with two interfaces, and a peer on the network of each, on virtual time.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "mirage/ip/multihomed.hpp"
#include "mirage/memory/network.hpp"
#include "mirage/stack.hpp"
#include "mirage/stack/multihomed.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage::test {

struct interface_options {
  std::string_view name;
  mac_address mac;
  std::optional<ipv4_prefix> v4{};
  std::optional<ipv6_prefix> v6{};
  std::optional<ipv4_address> gateway4{};
  std::optional<ipv6_address> gateway6{};
  std::uint32_t number = 1;
  std::uint32_t mtu = 1500;
};

/// The layers of one interface.
struct layers {
  using link_type = ethernet<memory::network>;
  using arp_type = arp<link_type>;
  using ipv4_type = ipv4<link_type, arp_type>;
  using ipv6_type = ipv6<link_type>;
  using icmp_type = icmp<ipv4_type>;
  using icmpv6_type = icmpv6<ipv6_type>;
  using interface_type =
      network_interface<memory::network, link_type, arp_type, ipv4_type, icmp_type, ipv6_type, icmpv6_type>;

  explicit layers(const interface_options& is)
      : network(is.mac, {.mtu = is.mtu}),
        ip4(is.name, link, resolution, {.address = is.v4, .gateway = is.gateway4, .interface = is.number}),
        ip6(is.name, link, {.address = is.v6, .gateway = is.gateway6, .interface = is.number}),
        all(is.name, network, link, resolution, ip4, control, ip6, control6) {}
  task<> start() {
    auto started = co_await ip4.start();
    EXPECT_TRUE(started.has_value());
    auto started6 = co_await ip6.start();
    EXPECT_TRUE(started6.has_value());
    co_await ip6.settled();
  }

  memory::network network;
  link_type link{"ethernet", network};
  arp_type resolution{"arp", link};
  ipv4_type ip4;
  ipv6_type ip6;
  icmp_type control{"icmp", ip4};
  icmpv6_type control6{"icmpv6", ip6};
  interface_type all;
};

/// A host on one network.
struct peer {
  using udp_type = udp<layers::ipv4_type, layers::ipv6_type>;
  using tcp_type = tcp<layers::ipv4_type, layers::ipv6_type>;
  using stack_type = stack<memory::network, layers::link_type, layers::arp_type, layers::ipv4_type,
                           layers::icmp_type, udp_type, tcp_type, layers::ipv6_type, layers::icmpv6_type>;

  explicit peer(const interface_options& is) : on(is) {}

  layers on;
  udp_type datagrams{"udp", on.ip4, on.ip6};
  tcp_type streams{on.ip4, on.ip6, "tcp"};
  stack_type device{"stack",    on.network, on.link, on.resolution, on.ip4,
                    on.control, datagrams,  streams, on.ip6,        on.control6};
};

/// A host on two.
struct host {
  using ipv4_type = multihomed_ip<layers::ipv4_type, layers::ipv4_type>;
  using ipv6_type = multihomed_ip<layers::ipv6_type, layers::ipv6_type>;
  using udp_type = udp<ipv4_type, ipv6_type>;
  using tcp_type = tcp<ipv4_type, ipv6_type>;
  using stack_type = multihomed_stack<udp_type, tcp_type, layers::interface_type, layers::interface_type>;
  static_assert(v1::ip<ipv4_type> && v1::ip<ipv6_type> && v1::stack<stack_type>);

  host(const interface_options& one, const interface_options& other) : left(one), right(other) {}

  layers left;
  layers right;
  ipv4_type ip4{"ipv4", left.ip4, right.ip4};
  ipv6_type ip6{"ipv6", left.ip6, right.ip6};
  udp_type datagrams{"udp", ip4, ip6};
  tcp_type streams{ip4, ip6, "tcp"};
  stack_type device{"stack", datagrams, streams, left.all, right.all};
};

constexpr ipv4_address left4 = "10.0.0.1";
constexpr ipv4_address right4 = "10.1.0.1";
constexpr ipv4_address left_peer4 = "10.0.0.2";
constexpr ipv4_address right_peer4 = "10.1.0.2";
constexpr ipv6_address left6 = "2001:db8::1";
constexpr ipv6_address right6 = "2001:db8:1::1";
constexpr ipv6_address left_peer6 = "2001:db8::2";
constexpr ipv6_address right_peer6 = "2001:db8:1::2";

/// The peers have default routes by way of the host, which does not forward: what gets through is for it.
struct two_networks {
  two_networks() {
    connect(middle.left.network, left.on.network);
    connect(middle.right.network, right.on.network);
    node.run(start());
  }
  task<> start() {
    co_await middle.left.start();
    co_await middle.right.start();
    co_await left.on.start();
    co_await right.on.start();
  }

  virtual_node node;
  host middle{{.name = "left",
               .mac = "02:00:00:00:00:01",
               .v4 = ipv4_prefix("10.0.0.1/24"),
               .v6 = ipv6_prefix("2001:db8::1/64"),
               .gateway4 = left_peer4},
              {.name = "right",
               .mac = "02:00:00:00:01:01",
               .v4 = ipv4_prefix("10.1.0.1/24"),
               .v6 = ipv6_prefix("2001:db8:1::1/64"),
               .number = 2,
               .mtu = 1300}};
  peer left{{.name = "peer",
             .mac = "02:00:00:00:00:02",
             .v4 = ipv4_prefix("10.0.0.2/24"),
             .v6 = ipv6_prefix("2001:db8::2/64"),
             .gateway4 = left4,
             .gateway6 = left6}};
  peer right{{.name = "peer",
              .mac = "02:00:00:00:01:02",
              .v4 = ipv4_prefix("10.1.0.2/24"),
              .v6 = ipv6_prefix("2001:db8:1::2/64"),
              .gateway4 = right4,
              .gateway6 = right6,
              .mtu = 1300}};
};

}  // namespace mirage::test
