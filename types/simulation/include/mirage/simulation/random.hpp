// SPDX-License-Identifier: ISC
// Chance that repeats: equal seeds give equal sequences on every machine.
#pragma once

#include <cstdint>
#include <string_view>

#include "mirage/core/hash.hpp"

namespace mirage::simulation {

/// SplitMix64 (Steele, Lea, Flood, 2014). For nothing that must not be guessed.
class random_source {
 public:
  explicit constexpr random_source(std::uint64_t seed) noexcept : state_(seed) {}
  /// One that is independent of all others of that seed. Whoever draws has their own, so that one more link
  /// changes nothing for those that were there.
  constexpr random_source(std::uint64_t seed, std::string_view name) noexcept : state_(hash_mix(0, seed)) {
    for (const char letter : name) state_ = hash_mix(state_, static_cast<unsigned char>(letter));
  }

  constexpr std::uint64_t next() noexcept {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  /// From 0 up to and without `end`, which is not 0.
  constexpr std::uint64_t below(std::uint64_t end) noexcept { return next() % end; }
  /// True that often, from 0 to 1. Draws only where there is something to decide.
  constexpr bool chance(double probability) noexcept {
    if (probability <= 0) return false;
    if (probability >= 1) return true;
    return static_cast<double>(next() >> 11) * 0x1p-53 < probability;
  }

 private:
  std::uint64_t state_;
};

}  // namespace mirage::simulation
