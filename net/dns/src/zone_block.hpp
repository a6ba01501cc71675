// SPDX-License-Identifier: ISC
// A zone's block: a header, with the sizes of its parts and its origin; the index; offsets of nodes with an
// NSEC; the nodes; the SOA of negative answers; offsets of nodes with an NSEC3.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "mirage/core/endian.hpp"
#include "mirage/dns/name.hpp"

namespace mirage::dns {

struct zone_header {
  static constexpr std::uint64_t version = 0x6d69'7a6f'6e65'0001;
  enum field : std::size_t { names, records, slots, serial, nsecs, arena_size, soa_size, nsec3s, count };
  static constexpr std::size_t fields = 8;                   // where they begin, behind the version
  static constexpr std::size_t origin = fields + 4 * count;  // its octets, and room for the longest
  static constexpr std::size_t size = origin + longest_name + 1;
  static constexpr std::size_t slot_size =
      8;  // of the index: 32 bits of a hash, and a node's offset plus one
  static constexpr std::size_t entry_size = 4;  // of the others: a node's offset

  /// Of the block, as the header says.
  [[nodiscard]] static std::uint64_t size_of_all(const std::byte* block) noexcept {
    return size + std::uint64_t{load(block, slots)} * slot_size +
           std::uint64_t{load(block, nsecs)} * entry_size + load(block, arena_size) + load(block, soa_size) +
           std::uint64_t{load(block, nsec3s)} * entry_size;
  }
  [[nodiscard]] static std::uint32_t load(const std::byte* block, field which) noexcept {
    return load_le32(block + fields + 4 * which);
  }
  static void store(std::byte* block, field which, std::size_t value) noexcept {
    store_le32(block + fields + 4 * which, static_cast<std::uint32_t>(value));
  }
};

}  // namespace mirage::dns
