// SPDX-License-Identifier: ISC
// How config.cpp wires ICMPv6 by hand; `direct_stack(network)` does it by itself.
#pragma once

#include "mirage/config/device.hpp"
#include "mirage/config/module_types.hpp"

namespace mirage::config {

/// Over IPv6.
inline const implementation<icmp, ip> icmpv6_on{{.name = "icmpv6",
                                                 .type = "mirage::icmpv6<$0>",
                                                 .header = "mirage/icmpv6.hpp",
                                                 .construct = "$name, $0",
                                                 .packages = {"icmpv6"}}};

}  // namespace mirage::config
