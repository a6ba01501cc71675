// SPDX-License-Identifier: ISC
// How config.cpp wires TCP by hand; `direct_stack(network)` does it by itself.
#pragma once

#include "mirage/config/device.hpp"
#include "mirage/config/module_types.hpp"

namespace mirage::config {

inline const implementation<tcp, ip> tcp_on{{.name = "tcp",
                                             .type = "mirage::tcp<$0>",
                                             .header = "mirage/tcp.hpp",
                                             .construct = "$0, $name",
                                             .packages = {"tcp"}}};
/// Over both versions of IP.
inline const implementation<tcp, ip, ip> tcp_on_both{{.name = "tcp",
                                                      .type = "mirage::tcp<$0, $1>",
                                                      .header = "mirage/tcp.hpp",
                                                      .construct = "$0, $1, $name",
                                                      .packages = {"tcp"}}};

}  // namespace mirage::config
