// SPDX-License-Identifier: ISC
// The identification of packets that may be fragmented: RFC 6864, RFC 7739. Those of IPv4 that may not carry
// zero (RFC 6864 §4.1).
#pragma once

#include <array>
#include <concepts>
#include <cstdint>

#include "mirage/core/address.hpp"
#include "mirage/core/hash.hpp"

namespace mirage {

/// `Number`: as wide as the field. Counts for each of 256 groups of destinations by itself, from a random
/// start, so that who watches one destination learns nothing of the traffic to others (RFC 7739 §5.3), and
/// none repeats before all were used for one.
template <std::unsigned_integral Number>
class identification_source {
 public:
  explicit identification_source(std::uint64_t seed) noexcept : seed_(seed) {
    for (Number& each : next_) each = static_cast<Number>(seed = hash_mix(seed, 1));
  }
  [[nodiscard]] Number next(const ip_address& source, const ip_address& destination,
                            std::uint8_t protocol) noexcept {
    const std::uint64_t group = hash_mix(destination.hash(source.hash(seed_)), protocol);
    return next_[group % next_.size()]++;
  }

 private:
  std::uint64_t seed_;
  std::array<Number, 256> next_;
};

}  // namespace mirage
