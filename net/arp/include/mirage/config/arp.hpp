// SPDX-License-Identifier: ISC
// How config.cpp wires ARP by hand; `direct_stack(network)` does it by itself.
#pragma once

#include "mirage/config/device.hpp"
#include "mirage/config/module_types.hpp"

namespace mirage::config {

inline const implementation<arp, ethernet> arp_on{{.name = "arp",
                                                   .type = "mirage::arp<$0>",
                                                   .header = "mirage/arp.hpp",
                                                   .construct = "$name, $0",
                                                   .packages = {"arp"}}};

}  // namespace mirage::config
