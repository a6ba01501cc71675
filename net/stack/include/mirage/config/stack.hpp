// SPDX-License-Identifier: ISC
// The project's own stack, as config.cpp sees it: `direct_stack(network)`. What `generic_stack` is with
// --net=direct is said where DHCP can be chosen for it, in dhcp_stack.hpp.
#pragma once

#include "mirage/config/arp.hpp"
#include "mirage/config/ethernet.hpp"
#include "mirage/config/icmp.hpp"
#include "mirage/config/icmpv6.hpp"
#include "mirage/config/ipv4.hpp"
#include "mirage/config/ipv6.hpp"
#include "mirage/config/tcp.hpp"
#include "mirage/config/udp.hpp"

namespace mirage::config {

/// The layers above IPv4, and IPv6 with its own beside them. `prefix` is put before the boot arguments of
/// IPv6.
inline device<stack> stack_over(const needs<network>& below, const needs<ethernet>& link,
                                const needs<arp>& neighbours, const needs<ip>& ipv4,
                                const group& prefix = {}) {
  const auto ipv6 = ipv6_on(link, prefix);
  return implementation<stack, network, ethernet, arp, ip, icmp, udp, tcp, ip, icmp>{
      {.name = "stack",
       .type = "mirage::stack<$0, $1, $2, $3, $4, $5, $6, $7, $8>",
       .header = "mirage/stack.hpp",
       .construct = "$name, $0, $1, $2, $3, $4, $5, $6, $7, $8",
       .packages = {"stack"}}}(below, link, neighbours, ipv4, icmp_on(ipv4), udp_on_both(ipv4, ipv6),
                               tcp_on_both(ipv4, ipv6), ipv6, icmpv6_on(ipv6));
}

/// Every layer on one network, with both versions of IP; `prefix` is put before the boot arguments --ipv4,
/// --ipv4-gateway, --ipv6, --ipv6-gateway and --accept-router-advertisements.
inline device<stack> direct_stack(const needs<network>& below, const group& prefix = {}) {
  const auto link = ethernet_on(below);
  const auto neighbours = arp_on(link);
  return stack_over(below, link, neighbours, ipv4_on(link, neighbours, prefix), prefix);
}

}  // namespace mirage::config
