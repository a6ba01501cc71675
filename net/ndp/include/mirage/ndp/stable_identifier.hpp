// SPDX-License-Identifier: ISC
// Interface identifiers that are the same each time on one network and tell nothing on another: RFC 7217 §5.
#pragma once

#include <cstdint>

#include "mirage/core/address.hpp"
#include "mirage/keyed_hash.hpp"

namespace mirage {

class identifier_source {
 public:
  identifier_source(const keyed_hash::key& secret, mac_address interface) noexcept
      : hash_(secret), interface_(interface) {}

  /// The address in that network of 64 bits; `conflicts`: how many before it somebody else had. Never one
  /// that RFC 5453 reserves.
  [[nodiscard]] ipv6_address address_in(const ipv6_prefix& network, std::uint8_t conflicts) const noexcept;

 private:
  keyed_hash hash_;
  mac_address interface_;
};

/// RFC 5453: for the anycast addresses of the network's routers and others, and for proxy mobile IPv6.
[[nodiscard]] constexpr bool is_reserved_identifier(std::uint64_t identifier) noexcept {
  return identifier == 0 || identifier >> 7 == 0xfdff'ffff'ffff'ff80 >> 7 ||
         identifier >> 24 == 0x0200'5eff'fe00'0000 >> 24;
}

}  // namespace mirage
