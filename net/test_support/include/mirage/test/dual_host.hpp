// SPDX-License-Identifier: ISC
// A whole host with both versions of IP over any network, as the generated main.cpp makes it.
#pragma once

#include "mirage/stack.hpp"

namespace mirage::test {

/// The network must outlive it. Who uses it starts `ipv4_layer` and `ipv6_layer`, and stops `tcp_layer`.
template <v1::network Network>
struct dual_host {
  using ethernet_type = ethernet<Network>;
  using arp_type = arp<ethernet_type>;
  using ipv4_type = ipv4<ethernet_type, arp_type>;
  using ipv6_type = ipv6<ethernet_type>;
  using icmp_type = icmp<ipv4_type>;
  using icmpv6_type = icmpv6<ipv6_type>;
  using udp_type = udp<ipv4_type, ipv6_type>;
  using tcp_type = tcp<ipv4_type, ipv6_type>;
  using stack_type = stack<Network, ethernet_type, arp_type, ipv4_type, icmp_type, udp_type, tcp_type,
                           ipv6_type, icmpv6_type>;
  static_assert(v1::stack<stack_type>);

  dual_host(Network& network, const ipv4_options& options4, const ipv6_options& options6,
            const tcp_options& connections = {})
      : ethernet_layer("ethernet", network),
        ipv4_layer("ipv4", ethernet_layer, arp_layer, options4),
        ipv6_layer("ipv6", ethernet_layer, options6),
        tcp_layer(ipv4_layer, ipv6_layer, "tcp", connections),
        device("stack", network, ethernet_layer, arp_layer, ipv4_layer, icmp_layer, udp_layer, tcp_layer,
               ipv6_layer, icmpv6_layer) {}

  ethernet_type ethernet_layer;
  arp_type arp_layer{"arp", ethernet_layer};
  ipv4_type ipv4_layer;
  ipv6_type ipv6_layer;
  icmp_type icmp_layer{"icmp", ipv4_layer};
  icmpv6_type icmpv6_layer{"icmpv6", ipv6_layer};
  udp_type udp_layer{"udp", ipv4_layer, ipv6_layer};
  tcp_type tcp_layer;
  stack_type device;
};

}  // namespace mirage::test
