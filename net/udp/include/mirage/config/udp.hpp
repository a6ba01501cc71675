// SPDX-License-Identifier: ISC
// How config.cpp wires UDP by hand; `direct_stack(network)` does it by itself.
#pragma once

#include "mirage/config/device.hpp"
#include "mirage/config/module_types.hpp"

namespace mirage::config {

inline const implementation<udp, ip> udp_on{{.name = "udp",
                                             .type = "mirage::udp<$0>",
                                             .header = "mirage/udp.hpp",
                                             .construct = "$name, $0",
                                             .packages = {"udp"}}};
/// Over both versions of IP.
inline const implementation<udp, ip, ip> udp_on_both{{.name = "udp",
                                                      .type = "mirage::udp<$0, $1>",
                                                      .header = "mirage/udp.hpp",
                                                      .construct = "$name, $0, $1",
                                                      .packages = {"udp"}}};

}  // namespace mirage::config
