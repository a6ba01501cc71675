// SPDX-License-Identifier: ISC
// How config.cpp wires IPv4 by hand; `direct_stack(network)` does it by itself.
#pragma once

#include <optional>
#include <string>

#include "mirage/config/device.hpp"
#include "mirage/config/module_types.hpp"

namespace mirage::config {

/// With the boot arguments --ipv4 and --ipv4-gateway, named as in MirageOS. `number` is that of the
/// interface, from 1, where there are several.
inline device<ip> ipv4_on(const needs<ethernet>& below, const needs<arp>& neighbours,
                          const group& prefix = {}, unsigned number = 1) {
  const std::string interface = number == 1 ? "" : ", .interface = " + std::to_string(number);
  return implementation<ip, ethernet, arp>{
      {.name = "ipv4",
       .type = "mirage::ipv4<$0, $1>",
       .header = "mirage/ipv4.hpp",
       .construct = "$name, $0, $1, {.address = $ipv4, .gateway = $ipv4-gateway" + interface + "}",
       .packages = {"ipv4"},
       .arguments = {
           argument<ipv4_prefix>("ipv4", "Local IPv4 address, with the length of its network",
                                 {"10.0." + std::to_string(number - 1) + ".2/24"})
               .in(prefix),
           argument<std::optional<ipv4_address>>("ipv4-gateway", "The way to other networks; none without it")
               .in(prefix)}}}(below, neighbours);
}

/// Without an address, for whoever gives it one later.
inline const implementation<ip, ethernet, arp> ipv4_without_address{{.name = "ipv4",
                                                                     .type = "mirage::ipv4<$0, $1>",
                                                                     .header = "mirage/ipv4.hpp",
                                                                     .construct = "$name, $0, $1",
                                                                     .packages = {"ipv4"}}};

}  // namespace mirage::config
