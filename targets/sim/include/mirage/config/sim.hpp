// SPDX-License-Identifier: ISC
// The devices of a simulated node, as config.cpp sees them: what the target `sim` offers for each generic
// device.
#pragma once

#include <string>

#include "mirage/config/generic.hpp"
#include "mirage/config/words.hpp"

namespace mirage::config {

/// The interface of that name in the scenario; empty: the first.
inline device<network> simulated_network(const std::string& interface) {
  return implementation<network>{{.name = "network",
                                  .type = "mirage::attached_network",
                                  .header = "mirage/sim/attached_network.hpp",
                                  .construct = "$name, " + cpp_literal(interface),
                                  .packages = {"sim"}}}();
}

namespace detail {

inline const bool sim_offers = networks.add(
    {.value = "simulated", .targets = {"sim"}, .make = [](const std::string& interface, const group&) {
       return simulated_network(interface);
     }});

}  // namespace detail

}  // namespace mirage::config
