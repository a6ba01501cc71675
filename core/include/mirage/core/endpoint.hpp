// SPDX-License-Identifier: ISC
// An address with a port: `10.0.0.2:80`, `[2001:db8::1]:80` (RFC 3986 §3.2.2, RFC 5952 §6).
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "mirage/core/address_text.hpp"
#include "mirage/core/hash.hpp"
#include "mirage/core/ip_address.hpp"
#include "mirage/core/text_writer.hpp"

namespace mirage {

/// One end of a TCP connection or of a UDP datagram's way. The port is in the host's byte order.
struct endpoint {
  ip_address address;
  std::uint16_t port = 0;

  constexpr endpoint() noexcept = default;
  constexpr endpoint(ip_address of, std::uint16_t at) noexcept : address(of), port(at) {}
  consteval endpoint(const char* text) : endpoint(detail::parse_literal<endpoint>(text)) {}

  /// The port is wanted, and decimal without leading zeros; an IPv6 address stands in brackets.
  [[nodiscard]] static constexpr std::optional<endpoint> parse(std::string_view text) noexcept;

  [[nodiscard]] constexpr std::uint64_t hash(std::uint64_t seed = 0) const noexcept {
    return hash_mix(address.hash(seed), port);
  }
  friend constexpr auto operator<=>(const endpoint&, const endpoint&) noexcept = default;
  friend void format(text_writer& out, const endpoint& value) noexcept;
};

constexpr std::optional<endpoint> endpoint::parse(std::string_view text) noexcept {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = detail::parse_decimal(text.substr(colon + 1), 0xffff);
  if (!port) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[')) {
    if (!host.ends_with(']')) return std::nullopt;
    const auto address = ipv6_address::parse(host.substr(1, host.size() - 2));
    if (!address) return std::nullopt;
    return endpoint(*address, static_cast<std::uint16_t>(*port));
  }
  const auto address = ipv4_address::parse(host);
  if (!address) return std::nullopt;
  return endpoint(*address, static_cast<std::uint16_t>(*port));
}

}  // namespace mirage

template <>
struct std::hash<mirage::endpoint> {
  std::size_t operator()(const mirage::endpoint& key) const noexcept {
    return static_cast<std::size_t>(key.hash());
  }
};
