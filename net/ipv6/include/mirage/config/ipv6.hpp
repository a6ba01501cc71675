// SPDX-License-Identifier: ISC
// How config.cpp wires IPv6 by hand; `direct_stack(network)` does it by itself.
#pragma once

#include <optional>
#include <string>

#include "mirage/config/device.hpp"
#include "mirage/config/module_types.hpp"

namespace mirage::config {

/// With the boot arguments --ipv6, --ipv6-gateway and --accept-router-advertisements, named as in MirageOS.
/// `number` is that of the interface, from 1, where there are several.
inline device<ip> ipv6_on(const needs<ethernet>& below, const group& prefix = {}, unsigned number = 1) {
  const std::string interface = number == 1 ? "" : ".interface = " + std::to_string(number) + ", ";
  return implementation<ip, ethernet>{
      {.name = "ipv6",
       .type = "mirage::ipv6<$0>",
       .header = "mirage/ipv6.hpp",
       .construct = "$name, $0, {.address = $ipv6, .gateway = $ipv6-gateway, " + interface +
                    ".discovery = {.accept_router_advertisements = $accept-router-advertisements}}",
       .packages = {"ipv6"},
       .arguments = {
           argument<std::optional<ipv6_prefix>>(
               "ipv6",
               "Local IPv6 address, with the length of its network; only what routers give without it")
               .in(prefix),
           argument<std::optional<ipv6_address>>("ipv6-gateway",
                                                 "The way to other networks; what routers say without it")
               .in(prefix),
           argument<bool>("accept-router-advertisements",
                          "Let routers give addresses, routes and DNS servers", true)
               .in(prefix)}}}(below);
}

}  // namespace mirage::config
