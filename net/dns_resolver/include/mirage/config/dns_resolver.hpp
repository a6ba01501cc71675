// SPDX-License-Identifier: ISC
// What config.cpp says of a resolver: the type of a boot argument.
#pragma once

#include <string>

#include "mirage/config/argument.hpp"

namespace mirage::config {

/// A DS record of the root; for a boot argument of type std::vector<dns_trust_anchor>.
struct dns_trust_anchor {
  std::string text;
};
template <>
inline std::string argument_type<dns_trust_anchor>::name() {
  return "mirage::dns_trust_anchor";
}

}  // namespace mirage::config
