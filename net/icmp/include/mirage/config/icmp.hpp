// SPDX-License-Identifier: ISC
// How config.cpp wires ICMP by hand; `direct_stack(network)` does it by itself.
#pragma once

#include "mirage/config/device.hpp"
#include "mirage/config/module_types.hpp"

namespace mirage::config {

/// Over IPv4.
inline const implementation<icmp, ip> icmp_on{{.name = "icmp",
                                               .type = "mirage::icmp<$0>",
                                               .header = "mirage/icmp.hpp",
                                               .construct = "$name, $0",
                                               .packages = {"icmp"}}};

}  // namespace mirage::config
