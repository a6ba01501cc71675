// SPDX-License-Identifier: ISC
// Whether a received datagram is one, and whole.
#pragma once

#include <cstdint>

#include "mirage/core/bytes.hpp"
#include "mirage/udp/wire.hpp"

namespace mirage {

enum class udp_kind : std::uint8_t { good, malformed, bad_checksum };

struct udp_reading {
  udp_kind kind;
  std::uint16_t source = 0;
  std::uint16_t destination = 0;
  std::uint16_t length = 0;  ///< with the header
};

/// `addresses`: the sum of the pseudo-header but for the length. `verified`: somebody has looked at the
/// checksum. `needed`: none at all is an error, as it is over IPv6 (RFC 8200 §8.1). `coalesced`: from
/// several, so that its length is not that in the header.
[[nodiscard]] udp_reading read_udp(cbytes datagram, std::uint16_t addresses, bool verified, bool needed,
                                   bool coalesced) noexcept;

}  // namespace mirage
