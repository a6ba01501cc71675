// SPDX-License-Identifier: ISC
// How near an interface is to a destination: by what the one of several is chosen that a packet leaves by.
#pragma once

#include <compare>
#include <cstdint>

namespace mirage {

/// The greater, the nearer.
struct ip_reach {
  bool ours = false;               ///< it is an address of this interface
  std::uint8_t prefix_length = 0;  ///< of the route that would be taken; 0: the default route, or a group
  auto operator<=>(const ip_reach&) const = default;
};

}  // namespace mirage
