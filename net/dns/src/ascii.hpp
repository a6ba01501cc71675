// SPDX-License-Identifier: ISC
// Letters of ASCII, which is all that DNS folds (RFC 4343 §3).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mirage::dns {

[[nodiscard]] constexpr char to_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
[[nodiscard]] constexpr std::byte to_lower(std::byte octet) noexcept {
  const auto value = static_cast<std::uint8_t>(octet);
  return value >= 'A' && value <= 'Z' ? octet | std::byte{0x20} : octet;
}

/// Eight octets at once: 0x20 is added to each that is an upper-case letter.
[[nodiscard]] constexpr std::uint64_t to_lower(std::uint64_t octets) noexcept {
  constexpr std::uint64_t ones = 0x0101010101010101;
  const std::uint64_t low_bits = octets & (ones * 0x7f);
  const std::uint64_t from_a = low_bits + ones * (0x80 - 'A');
  const std::uint64_t beyond_z = low_bits + ones * (0x80 - 'Z' - 1);
  const std::uint64_t upper = (from_a & ~beyond_z) & ~octets & (ones * 0x80);
  return octets | upper >> 2;
}

[[nodiscard]] constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (to_lower(a[i]) != to_lower(b[i])) return false;
  return true;
}

}  // namespace mirage::dns
