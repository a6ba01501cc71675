// SPDX-License-Identifier: ISC
// Ethernet addresses: IEEE 802 EUI-48.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "mirage/core/address_text.hpp"
#include "mirage/core/hash.hpp"
#include "mirage/core/text_writer.hpp"

namespace mirage {

class mac_address {
 public:
  static constexpr std::size_t size = 6;

  constexpr mac_address() noexcept = default;
  constexpr explicit mac_address(std::array<std::uint8_t, size> octets) noexcept : octets_(octets) {}
  consteval mac_address(const char* text) : mac_address(detail::parse_literal<mac_address>(text)) {}

  /// Six pairs of hexadecimal digits in either case, with `:` between them or `-` between them.
  [[nodiscard]] static constexpr std::optional<mac_address> parse(std::string_view text) noexcept;
  [[nodiscard]] static mac_address load(const std::byte* from) noexcept {
    mac_address made;
    for (std::uint8_t& octet : made.octets_) octet = std::to_integer<std::uint8_t>(*from++);
    return made;
  }
  void store(std::byte* to) const noexcept {
    for (std::uint8_t octet : octets_) *to++ = std::byte{octet};
  }

  [[nodiscard]] static constexpr mac_address broadcast() noexcept {
    return mac_address({0xff, 0xff, 0xff, 0xff, 0xff, 0xff});
  }

  [[nodiscard]] constexpr const std::array<std::uint8_t, size>& octets() const noexcept { return octets_; }
  [[nodiscard]] constexpr bool is_zero() const noexcept { return *this == mac_address(); }
  [[nodiscard]] constexpr bool is_broadcast() const noexcept { return *this == broadcast(); }
  /// For a group of stations, broadcast included.
  [[nodiscard]] constexpr bool is_multicast() const noexcept { return (octets_[0] & 1) != 0; }
  /// Chosen by somebody, not burnt in by a vendor.
  [[nodiscard]] constexpr bool is_locally_administered() const noexcept { return (octets_[0] & 2) != 0; }

  [[nodiscard]] constexpr std::uint64_t hash(std::uint64_t seed = 0) const noexcept {
    std::uint64_t word = 0;
    for (std::uint8_t octet : octets_) word = word << 8 | octet;
    return hash_mix(seed, word);
  }
  friend constexpr auto operator<=>(const mac_address&, const mac_address&) noexcept = default;
  /// `02:00:5e:10:00:01`
  friend void format(text_writer& out, const mac_address& address) noexcept;

 private:
  std::array<std::uint8_t, size> octets_{};
};

constexpr std::optional<mac_address> mac_address::parse(std::string_view text) noexcept {
  if (text.size() != 3 * size - 1) return std::nullopt;
  const char separator = text[2];
  if (separator != ':' && separator != '-') return std::nullopt;
  mac_address made;
  for (std::size_t i = 0; i < size; ++i) {
    const int high = detail::hexadecimal_digit(text[3 * i]);
    const int low = detail::hexadecimal_digit(text[3 * i + 1]);
    if (high < 0 || low < 0 || (i + 1 < size && text[3 * i + 2] != separator)) return std::nullopt;
    made.octets_[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return made;
}

}  // namespace mirage

template <>
struct std::hash<mirage::mac_address> {
  std::size_t operator()(const mirage::mac_address& key) const noexcept {
    return static_cast<std::size_t>(key.hash());
  }
};
