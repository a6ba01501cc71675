// SPDX-License-Identifier: ISC
// Hashed owner names, RFC 5155 §5.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "mirage/core/bytes.hpp"
#include "mirage/dns/name.hpp"

namespace mirage::dns {

/// What an NSEC3 or NSEC3PARAM record says of the hash. SHA-1 (algorithm 1) is the only one there is.
struct nsec3_parameters {
  std::uint16_t iterations = 0;
  cbytes salt{};

  /// From the front of data that is valid for its type.
  [[nodiscard]] static nsec3_parameters of(cbytes rdata) noexcept;
};

using nsec3_hash = std::array<std::byte, 20>;

/// Of a name in any case. Takes a quarter of a microsecond, and as much for each iteration.
[[nodiscard]] nsec3_hash hash_nsec3(name_view of, const nsec3_parameters& parameters) noexcept;

/// The label of that hash: 32 digits of base32 in lower case.
[[nodiscard]] std::array<std::byte, 32> nsec3_label(const nsec3_hash& hash) noexcept;

}  // namespace mirage::dns
