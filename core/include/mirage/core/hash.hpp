// SPDX-License-Identifier: ISC
// Mixing of 64-bit words for hash tables. Fast and well spread, not cryptographic: a table whose keys
// strangers choose takes its seed from `os::random64()`.
#pragma once

#include <cstdint>

namespace mirage {

/// Joins `word` to the hash so far; start with a seed. Two xor-shift-multiply rounds, each of them a
/// bijection, so that words that differ never meet.
[[nodiscard]] constexpr std::uint64_t hash_mix(std::uint64_t hash, std::uint64_t word) noexcept {
  std::uint64_t mixed = (hash ^ word) + 0x9e3779b97f4a7c15;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  return mixed ^ (mixed >> 31);
}

}  // namespace mirage
