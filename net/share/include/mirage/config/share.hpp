// SPDX-License-Identifier: ISC
// One network for several users, as config.cpp sees it:
//
//   const auto both = shared(default_network, 2);
//   ... direct_stack(both[0], group{"a"}) ... direct_stack(both[1], group{"b"})
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "mirage/config/device.hpp"
#include "mirage/config/module_types.hpp"

namespace mirage::config {

/// What hears from a network for several users.
struct network_share {
  static constexpr std::string_view name = "network_share";
  static constexpr std::string_view satisfies = "";
};

/// So many networks, at most 16, that are one on the wire: each user hears every frame.
inline std::vector<device<network>> shared(needs<network> below, std::size_t users) {
  const implementation<network_share, network> share_of{{.name = "share",
                                                         .type = "mirage::share<$0>",
                                                         .header = "mirage/share.hpp",
                                                         .construct = "$name, $0",
                                                         .packages = {"share"}}};
  const implementation<network, network_share> port_of{{.name = "port",
                                                        .type = "mirage::share_port<$0>",
                                                        .header = "mirage/share.hpp",
                                                        .construct = "$name, $0",
                                                        .packages = {"share"}}};
  const auto one = share_of(below);
  std::vector<device<network>> ports;
  for (std::size_t i = 0; i < users; ++i) ports.push_back(port_of(one));
  return ports;
}

}  // namespace mirage::config
