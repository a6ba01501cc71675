// SPDX-License-Identifier: ISC
// A stack that DHCP configures, as config.cpp sees it: `dhcp_stack(network)`, and what `generic_stack` is
// with --net=direct --dhcp.
#pragma once

#include <string>

#include "mirage/config/argument.hpp"
#include "mirage/config/choice.hpp"
#include "mirage/config/generic.hpp"
#include "mirage/config/stack.hpp"

namespace mirage::config {

/// As `direct_stack`; but there is no --ipv4 and no --ipv4-gateway, and --host-name is told to the server.
inline device<stack> dhcp_stack(const needs<network>& below, const group& prefix = {}) {
  const auto link = ethernet_on(below);
  const auto neighbours = arp_on(link);
  const auto layers = stack_over(below, link, neighbours, ipv4_without_address(link, neighbours), prefix);
  return implementation<stack, stack, network, arp>{
      {.name = "dhcp",
       .type = "mirage::dhcp_stack<$0, $1, $2>",
       .header = "mirage/dhcp_stack.hpp",
       .construct = "$name, $0, $1, $2, {.host_name = $host-name}",
       .packages = {"dhcp_stack"},
       .arguments = {argument<std::string>(
                         "host-name", "The name that the DHCP server is told; none without it", std::string())
                         .in(prefix)}}}(layers, below, neighbours);
}

namespace detail {

inline const key<bool> asks_dhcp("dhcp", "Let a DHCP server give the address of the stack");

// The host's own stack, where there is one, is what a first try wants: this one must be asked for there.
inline const bool stack_offers = stacks.add(
    {.value = "direct", .rank = -1, .make = [](const needs<network>& below, const group& prefix) {
       return if_key<stack>(asks_dhcp.in(prefix), dhcp_stack(below, prefix), direct_stack(below, prefix));
     }});

}  // namespace detail

}  // namespace mirage::config
