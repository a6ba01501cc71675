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
/// checksums, and no fragments, options of IPv4 or data that it does not mention.
std::vector<difference> compare(const packet& wanted, const packet& seen, const stations& who,
                                const learnt_numbers& numbers);

}  // namespace mirage::scripts
