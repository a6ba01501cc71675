// SPDX-License-Identifier: ISC
// The project's own stack, as config.cpp sees it: `direct_stack(network)`, and what `generic_stack` is with
// --net=direct.
#pragma once

#include "mirage/config/arp.hpp"
#include "mirage/config/ethernet.hpp"
#include "mirage/config/generic.hpp"
#include "mirage/config/icmp.hpp"
#include "mirage/config/ipv4.hpp"
#include "mirage/config/tcp.hpp"
#include "mirage/config/udp.hpp"

namespace mirage::config {

/// Every layer on one network; `prefix` is put before the boot arguments --ipv4 and --ipv4-gateway.
inline device<stack> direct_stack(needs<network> below, const group& prefix = {}) {
  const auto link = ethernet_on(below);
  const auto neighbours = arp_on(link);
  const auto internet = ipv4_on(link, neighbours, prefix);
  return implementation<stack, network, ethernet, arp, ip, icmp, udp, tcp>{
      {.name = "stack",
       .type = "mirage::stack<$0, $1, $2, $3, $4, $5, $6>",
       .header = "mirage/stack.hpp",
       .construct = "$name, $0, $1, $2, $3, $4, $5, $6",
       .packages = {"stack"}}}(below, link, neighbours, internet, icmp_on(internet), udp_on(internet),
                               tcp_on(internet));
}

namespace detail {

// The host's own stack, where there is one, is what a first try wants: this one must be asked for there.
inline const bool stack_offers =
    stacks.add({.value = "direct", .rank = -1, .make = [](const needs<network>& below, const group& prefix) {
                  return direct_stack(below, prefix);
                }});

}  // namespace detail

}  // namespace mirage::config
