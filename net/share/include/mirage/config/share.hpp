// SPDX-License-Identifier: ISC
// One network for several users, as config.cpp sees it: there is nothing to be said where devices take the
// same network and none of them stands on another. A unikernel that takes a network beside a stack on it says
//
//   const auto both = shared(default_network, 2);
//   ... tap_and_stack(both[0], direct_stack(both[1]))
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "mirage/config/device.hpp"
#include "mirage/config/module_types.hpp"
#include "mirage/config/sharing.hpp"

namespace mirage::config {

/// What hears from a network for several users.
struct network_share {
  static constexpr std::string_view name = "network_share";
  static constexpr std::string_view satisfies = "";
};

namespace detail {

inline descriptor share_of_network() {
  return {.name = "share",
          .type = "mirage::share<$0>",
          .header = "mirage/share.hpp",
          .construct = "$name, $0",
          .packages = {"share"}};
}

inline descriptor port_of_network() {
  return {.name = "port",
          .type = "mirage::share_port<$0>",
          .header = "mirage/share.hpp",
          .construct = "$name, $0",
          .packages = {"share"}};
}

inline const bool networks_are_shared = sharings.add({.module = std::string(network::name),
                                                      .share_module = std::string(network_share::name),
                                                      .share = share_of_network(),
                                                      .port = port_of_network()});

}  // namespace detail

/// So many networks, at most 16, that are one on the wire: each user hears every frame.
inline std::vector<device<network>> shared(const needs<network>& below, std::size_t users) {
  const auto one = implementation<network_share, network>{detail::share_of_network()}(below);
  const implementation<network, network_share> port{detail::port_of_network()};
  std::vector<device<network>> ports;
  for (std::size_t i = 0; i < users; ++i) ports.push_back(port(one));
  return ports;
}

}  // namespace mirage::config
