// SPDX-License-Identifier: ISC
// The project's own stack, as config.cpp sees it: `direct_stack(network)`. What `generic_stack` is with
// --net=direct is said where DHCP can be chosen for it, in dhcp_stack.hpp.
#pragma once

#include <string>

#include "mirage/config/arp.hpp"
#include "mirage/config/choice.hpp"
#include "mirage/config/ethernet.hpp"
#include "mirage/config/icmp.hpp"
#include "mirage/config/icmpv6.hpp"
#include "mirage/config/ipv4.hpp"
#include "mirage/config/ipv6.hpp"
#include "mirage/config/key.hpp"
#include "mirage/config/tcp.hpp"
#include "mirage/config/udp.hpp"

namespace mirage::config {

namespace detail {

inline const key<std::string> ip_versions("ip", "Which versions of IP the stack has", "both");

}  // namespace detail

/// The layers above IPv4, and IPv6 with its own beside them, unless the key says --ip=ipv4. `prefix` is put
/// before that and the boot arguments of IPv6.
inline device<stack> stack_over(const needs<network>& below, const needs<ethernet>& link,
                                const needs<arp>& neighbours, const needs<ip>& ipv4,
                                const group& prefix = {}) {
  const implementation<stack, network, ethernet, arp, ip, icmp, udp, tcp> single{
      {.name = "stack",
       .type = "mirage::stack<$0, $1, $2, $3, $4, $5, $6>",
       .header = "mirage/stack.hpp",
       .construct = "$name, $0, $1, $2, $3, $4, $5, $6",
       .packages = {"stack"}}};
  const implementation<stack, network, ethernet, arp, ip, icmp, udp, tcp, ip, icmp> dual{
      {.name = "stack",
       .type = "mirage::stack<$0, $1, $2, $3, $4, $5, $6, $7, $8>",
       .header = "mirage/stack.hpp",
       .construct = "$name, $0, $1, $2, $3, $4, $5, $6, $7, $8",
       .packages = {"stack"}}};
  const auto icmp = icmp_on(ipv4);
  const auto ipv6 = ipv6_on(link, prefix);
  return match_key<stack>(
      detail::ip_versions.in(prefix),
      {{"both", dual(below, link, neighbours, ipv4, icmp, udp_on_both(ipv4, ipv6), tcp_on_both(ipv4, ipv6),
                     ipv6, icmpv6_on(ipv6))},
       {"ipv4", single(below, link, neighbours, ipv4, icmp, udp_on(ipv4), tcp_on(ipv4))}});
}

/// Every layer on one network, with both versions of IP or, with the key --ip=ipv4, one; `prefix` is put
/// before that and the boot arguments --ipv4, --ipv4-gateway, --ipv6, --ipv6-gateway and
/// --accept-router-advertisements.
inline device<stack> direct_stack(const needs<network>& below, const group& prefix = {}) {
  const auto link = ethernet_on(below);
  const auto neighbours = arp_on(link);
  return stack_over(below, link, neighbours, ipv4_on(link, neighbours, prefix), prefix);
}

}  // namespace mirage::config
