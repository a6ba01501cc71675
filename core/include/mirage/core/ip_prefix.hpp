// SPDX-License-Identifier: ISC
// An address with the length of its network's prefix: `10.0.0.2/24`, `2001:db8::1/64` (RFC 4632 §3.1, RFC
// 4291 §2.3). The bits of the host are kept, as an interface is configured; `network()` drops them.
#pragma once

#include <compare>
#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "mirage/core/address_text.hpp"
#include "mirage/core/hash.hpp"
#include "mirage/core/ip_address.hpp"
#include "mirage/core/panic.hpp"
#include "mirage/core/text_writer.hpp"

namespace mirage {

template <class Address>
class basic_prefix {
 public:
  /// Length 0: every address.
  constexpr basic_prefix() noexcept = default;
  /// A length greater than the address is a programmer's error and stops the unikernel; where it comes from
  /// outside, use `make`.
  constexpr basic_prefix(Address address, unsigned length) noexcept
      : address_(address), length_(static_cast<std::uint8_t>(length)) {
    if (length > Address::bits) panic("a prefix longer than its address");
  }
  consteval basic_prefix(const char* text) : basic_prefix(detail::parse_literal<basic_prefix>(text)) {}

  [[nodiscard]] static constexpr std::optional<basic_prefix> make(Address address, unsigned length) noexcept {
    if (length > Address::bits) return std::nullopt;
    return basic_prefix(address, length);
  }
  /// From a mask like 255.255.255.0; nothing if its ones are not all in front.
  [[nodiscard]] static constexpr std::optional<basic_prefix> from_mask(Address address,
                                                                       Address mask) noexcept {
    for (unsigned length = 0; length <= Address::bits; ++length)
      if (Address::mask(length) == mask) return basic_prefix(address, length);
    return std::nullopt;
  }
  /// `ADDRESS/LENGTH`, both strict.
  [[nodiscard]] static constexpr std::optional<basic_prefix> parse(std::string_view text) noexcept {
    const std::size_t slash = text.rfind('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto address = Address::parse(text.substr(0, slash));
    const auto length = detail::parse_decimal(text.substr(slash + 1), Address::bits);
    if (!address || !length) return std::nullopt;
    return basic_prefix(*address, *length);
  }

  [[nodiscard]] constexpr Address address() const noexcept { return address_; }
  [[nodiscard]] constexpr unsigned length() const noexcept { return length_; }
  [[nodiscard]] constexpr Address mask() const noexcept { return Address::mask(length_); }
  /// The same network with the bits of the host cleared.
  [[nodiscard]] constexpr basic_prefix network() const noexcept { return {address_ & mask(), length_}; }
  /// The directed broadcast address; a network of one or two addresses (RFC 3021) has none.
  [[nodiscard]] constexpr std::optional<Address> broadcast() const noexcept
    requires std::same_as<Address, ipv4_address>
  {
    if (length_ > 30) return std::nullopt;
    return address_ | ~mask();
  }
  [[nodiscard]] constexpr bool contains(Address other) const noexcept {
    return (other & mask()) == (address_ & mask());
  }
  [[nodiscard]] constexpr bool contains(const basic_prefix& other) const noexcept {
    return other.length_ >= length_ && contains(other.address_);
  }

  [[nodiscard]] constexpr std::uint64_t hash(std::uint64_t seed = 0) const noexcept {
    return hash_mix(address_.hash(seed), length_);
  }
  /// By address, then by length; the bits of the host count.
  friend constexpr auto operator<=>(const basic_prefix&, const basic_prefix&) noexcept = default;

 private:
  Address address_;
  std::uint8_t length_ = 0;
};

using ipv4_prefix = basic_prefix<ipv4_address>;
using ipv6_prefix = basic_prefix<ipv6_address>;

void format(text_writer& out, const ipv4_prefix& prefix) noexcept;
void format(text_writer& out, const ipv6_prefix& prefix) noexcept;

/// A prefix of either family.
class ip_prefix {
 public:
  /// 0.0.0.0/0
  constexpr ip_prefix() noexcept = default;
  constexpr ip_prefix(const ipv4_prefix& prefix) noexcept
      : address_(prefix.address()), length_(static_cast<std::uint8_t>(prefix.length())) {}
  constexpr ip_prefix(const ipv6_prefix& prefix) noexcept
      : address_(prefix.address()), length_(static_cast<std::uint8_t>(prefix.length())) {}
  consteval ip_prefix(const char* text) : ip_prefix(detail::parse_literal<ip_prefix>(text)) {}

  [[nodiscard]] static constexpr std::optional<ip_prefix> parse(std::string_view text) noexcept {
    if (const auto prefix = ipv4_prefix::parse(text)) return *prefix;
    if (const auto prefix = ipv6_prefix::parse(text)) return *prefix;
    return std::nullopt;
  }

  [[nodiscard]] constexpr bool is_v4() const noexcept { return address_.is_v4(); }
  [[nodiscard]] constexpr bool is_v6() const noexcept { return address_.is_v6(); }
  /// Asking for the other family is a programmer's error and stops the unikernel.
  [[nodiscard]] constexpr ipv4_prefix v4() const noexcept { return {address_.v4(), length_}; }
  [[nodiscard]] constexpr ipv6_prefix v6() const noexcept { return {address_.v6(), length_}; }
  [[nodiscard]] constexpr ip_address address() const noexcept { return address_; }
  [[nodiscard]] constexpr unsigned length() const noexcept { return length_; }
  [[nodiscard]] constexpr ip_prefix network() const noexcept {
    return is_v4() ? ip_prefix(v4().network()) : ip_prefix(v6().network());
  }
  /// Never an address of the other family.
  [[nodiscard]] constexpr bool contains(const ip_address& other) const noexcept {
    if (is_v4() != other.is_v4()) return false;
    return is_v4() ? v4().contains(other.v4()) : v6().contains(other.v6());
  }
  [[nodiscard]] constexpr bool contains(const ip_prefix& other) const noexcept {
    return other.length_ >= length_ && contains(other.address_);
  }

  [[nodiscard]] constexpr std::uint64_t hash(std::uint64_t seed = 0) const noexcept {
    return hash_mix(address_.hash(seed), length_);
  }
  friend constexpr auto operator<=>(const ip_prefix&, const ip_prefix&) noexcept = default;
  friend void format(text_writer& out, const ip_prefix& prefix) noexcept;

 private:
  ip_address address_;
  std::uint8_t length_ = 0;
};

}  // namespace mirage

template <class Address>
struct std::hash<mirage::basic_prefix<Address>> {
  std::size_t operator()(const mirage::basic_prefix<Address>& key) const noexcept {
    return static_cast<std::size_t>(key.hash());
  }
};
template <>
struct std::hash<mirage::ip_prefix> {
  std::size_t operator()(const mirage::ip_prefix& key) const noexcept {
    return static_cast<std::size_t>(key.hash());
  }
};
