// SPDX-License-Identifier: ISC
#include "mirage/dns/random_case.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "mirage/core/hash.hpp"

namespace mirage::dns {

namespace {

/// The length of a label is never one.
bool is_letter(std::byte octet) noexcept {
  const auto lower = std::to_integer<unsigned>(octet) | 0x20U;
  return lower >= 'a' && lower <= 'z';
}

}  // namespace

name in_random_case(name_view of, std::uint64_t random) noexcept {
  std::array<std::byte, longest_name> octets{};
  std::ranges::copy(of.wire(), octets.begin());
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < of.size(); ++i) {
    if (i % 64 == 0) bits = hash_mix(random, i);
    if (is_letter(octets[i]) && (bits >> (i % 64) & 1) != 0) octets[i] ^= std::byte{0x20};
  }
  return name(name_view::trusted(cbytes(octets).first(of.size())));
}

bool is_same_case(name_view a, name_view b) noexcept { return std::ranges::equal(a.wire(), b.wire()); }

}  // namespace mirage::dns
