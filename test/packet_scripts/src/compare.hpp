// SPDX-License-Identifier: ISC
// Whether what came is what the script wants, and else what is different.
#pragma once

#include <string>
#include <vector>

#include "packet.hpp"
#include "stations.hpp"

namespace mirage::scripts {

struct difference {
  std::string where;  // "udp data"
  std::string wanted;
  std::string seen;
};

/// Only what the script says is compared, and besides: stations and addresses of host and peer, right
/// checksums, hop limits of what stays on the link, and no fragments, options of IPv4 or data that it does
/// not mention. Names that stand in it for the first time are learnt.
std::vector<difference> compare(packet wanted, const packet& seen, const stations& who,
                                learnt_numbers& numbers);

}  // namespace mirage::scripts
