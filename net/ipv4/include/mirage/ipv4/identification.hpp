// SPDX-License-Identifier: ISC
// The identification of packets that may be fragmented: RFC 6864. Those that may not carry zero (§4.1).
#pragma once

#include <array>
#include <cstdint>

#include "mirage/core/address.hpp"
#include "mirage/core/hash.hpp"

namespace mirage {

/// Counts for each of 256 groups of destinations by itself, from a random start, so that who watches one
/// destination learns nothing of the traffic to others (RFC 7739 §5.3), and none repeats before 65536 packets
/// to one.
class identification_source {
 public:
  explicit identification_source(std::uint64_t seed) noexcept : seed_(seed) {
    for (std::uint16_t& each : next_) each = static_cast<std::uint16_t>(seed = hash_mix(seed, 1));
  }
  [[nodiscard]] std::uint16_t next(ipv4_address source, ipv4_address destination,
                                   std::uint8_t protocol) noexcept {
    const std::uint64_t group = hash_mix(destination.hash(source.hash(seed_)), protocol);
    return next_[group % next_.size()]++;
  }

 private:
  std::uint64_t seed_;
  std::array<std::uint16_t, 256> next_;
};

}  // namespace mirage
