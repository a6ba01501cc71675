// SPDX-License-Identifier: ISC
// What the transports with registers have in common: 64 bits in two halves, and fields of any width.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "mirage/core/machine.hpp"

namespace mirage::virtio {

/// Features are told 32 at a time: `select` says which of them `value` holds.
inline std::uint64_t read_features(volatile std::byte* select, const volatile std::byte* value) noexcept {
  std::uint64_t features = 0;
  for (std::uint32_t half = 0; half < 2; ++half) {
    machine::write32(select, half);
    features |= std::uint64_t{machine::read32(value)} << (32 * half);
  }
  return features;
}
inline void write_features(volatile std::byte* select, volatile std::byte* value,
                           std::uint64_t features) noexcept {
  for (std::uint32_t half = 0; half < 2; ++half) {
    machine::write32(select, half);
    machine::write32(value, static_cast<std::uint32_t>(features >> (32 * half)));
  }
}

inline void write_address(volatile std::byte* at, std::uint64_t address) noexcept {
  machine::write32(at, static_cast<std::uint32_t>(address));
  machine::write32(at + 4, static_cast<std::uint32_t>(address >> 32U));
}

/// A field of `size` bytes of a structure of `limit`; 0 beyond its end.
inline std::uint32_t read_field(const volatile std::byte* structure, std::size_t limit, std::size_t offset,
                                unsigned size) noexcept {
  if (offset + size > limit) return 0;
  switch (size) {
    case 1: return machine::read8(structure + offset);
    case 2: return machine::read16(structure + offset);
    default: return machine::read32(structure + offset);
  }
}

/// No split ring has more entries (§2.7).
inline std::uint16_t entries_of(std::uint32_t limit) noexcept {
  return static_cast<std::uint16_t>(std::min<std::uint32_t>(limit, 32768));
}

}  // namespace mirage::virtio
