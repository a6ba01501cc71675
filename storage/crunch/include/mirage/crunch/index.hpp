// SPDX-License-Identifier: ISC
// What `mirage-crunch` writes and `crunch` reads: the values of one folder as tables of constants. All of it
// is read-only memory of the image.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "mirage/v1.hpp"

namespace mirage {

/// One value.
struct crunch_entry {
  std::string_view key;
  v1::asset asset;
  const std::byte* digest;  ///< 32 bytes: SHA-256 of the identity form
};

/// A whole folder. Looking a key up takes one hash, two table accesses and one comparison, however many there
/// are: the keys are known when the image is built, so a hash function that is perfect for them is searched
/// for then ("hash and displace").
struct crunch_index {
  std::string_view name;                         ///< of the folder, an identifier
  std::span<const crunch_entry> entries;         ///< sorted by key, bytewise
  std::span<const std::uint16_t> displacements;  ///< one a bucket
  std::span<const std::uint32_t> slots;          ///< a position in `entries`; any one for a free slot

  /// Null if there is no value of that key.
  [[nodiscard]] const crunch_entry* find(std::string_view key) const noexcept;
};

/// The hash function of the tables. Part of the format: the generator and the image must agree on it.
[[nodiscard]] std::uint64_t crunch_hash(std::string_view key) noexcept;

/// Maps 32 bits evenly to a number below `size`.
[[nodiscard]] constexpr std::size_t crunch_scale(std::uint32_t bits, std::size_t size) noexcept {
  return static_cast<std::size_t>((std::uint64_t{bits} * size) >> 32U);
}

/// The bucket of a key's hash.
[[nodiscard]] constexpr std::size_t crunch_bucket(std::uint64_t hash, std::size_t buckets) noexcept {
  return crunch_scale(static_cast<std::uint32_t>(hash), buckets);
}

/// The slot of a key's hash when its bucket has this displacement.
[[nodiscard]] constexpr std::size_t crunch_slot(std::uint64_t hash, std::uint16_t displacement,
                                                std::size_t slots) noexcept {
  const std::uint64_t mixed = (hash ^ (displacement * 0x9e3779b97f4a7c15U)) * 0xd6e8feb86659fd93U;
  return crunch_scale(static_cast<std::uint32_t>(mixed >> 32U), slots);
}

}  // namespace mirage
