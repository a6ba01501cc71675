// SPDX-License-Identifier: ISC
// The network interface of a simulated node: the end of a cable of the scenario.
#pragma once

#include <string_view>

#include "mirage/simulation/image.hpp"
#include "mirage/simulation/network.hpp"

namespace mirage {

/// `v1::network`. MAC address, MTU and offloads are the scenario's.
class attached_network : public simulation::network {
 public:
  /// `interface` is the name that the scenario knows; empty: the first that it connects.
  attached_network(std::string_view name, std::string_view interface)
      : attached_network(name, plugged_in(interface)) {}

 private:
  attached_network(std::string_view name, const simulation::attachment& where)
      : network(*where.cable, where.mac, where.options, name) {}
  static simulation::attachment plugged_in(std::string_view interface);
};

static_assert(v1::network<attached_network>);

}  // namespace mirage
