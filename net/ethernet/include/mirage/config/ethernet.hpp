// SPDX-License-Identifier: ISC
// How config.cpp wires Ethernet by hand; `direct_stack(network)` does it by itself.
#pragma once

#include <string>

#include "mirage/config/device.hpp"
#include "mirage/config/module_types.hpp"

namespace mirage::config {

/// Framing over a network; with `vlan`, 1 to 4094, only of that VLAN.
inline device<ethernet> ethernet_on(const needs<network>& below, unsigned vlan = 0) {
  return implementation<ethernet, network>{
      {.name = "ethernet",
       .type = "mirage::ethernet<$0>",
       .header = "mirage/ethernet.hpp",
       .construct = vlan == 0 ? "$name, $0" : "$name, $0, {.vlan = " + std::to_string(vlan) + "}",
       .packages = {"ethernet"}}}(below);
}

}  // namespace mirage::config
