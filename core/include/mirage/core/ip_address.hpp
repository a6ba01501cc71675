// SPDX-License-Identifier: ISC
// IPv4 and IPv6 addresses: RFC 791, RFC 4291; printed as RFC 5952 recommends, read strictly (RFC 6943 §3.1).
// An IPv6 zone (`fe80::1%eth0`, RFC 4007) is not part of an address and is refused: where one is needed, the
// interface is a parameter of its own.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "mirage/core/address_text.hpp"
#include "mirage/core/endian.hpp"
#include "mirage/core/hash.hpp"
#include "mirage/core/panic.hpp"
#include "mirage/core/text_writer.hpp"

namespace mirage {

class ipv4_address {
 public:
  static constexpr std::size_t size = 4;
  static constexpr unsigned bits = 32;

  constexpr ipv4_address() noexcept = default;
  /// From a number in the host's byte order, as `load_be32` gives it.
  constexpr explicit ipv4_address(std::uint32_t value) noexcept : value_(value) {}
  constexpr ipv4_address(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) noexcept
      : value_(std::uint32_t{a} << 24 | std::uint32_t{b} << 16 | std::uint32_t{c} << 8 | d) {}
  consteval ipv4_address(const char* text) : ipv4_address(detail::parse_literal<ipv4_address>(text)) {}

  /// Four decimal numbers up to 255 and nothing else; leading zeros are refused, because some read them as
  /// octal (RFC 6943 §3.1.1).
  [[nodiscard]] static constexpr std::optional<ipv4_address> parse(std::string_view text) noexcept;
  [[nodiscard]] static ipv4_address load(const std::byte* from) noexcept {
    return ipv4_address(load_be32(from));
  }
  void store(std::byte* to) const noexcept { store_be32(to, value_); }

  [[nodiscard]] static constexpr ipv4_address any() noexcept { return {}; }
  [[nodiscard]] static constexpr ipv4_address loopback() noexcept { return {127, 0, 0, 1}; }
  [[nodiscard]] static constexpr ipv4_address broadcast() noexcept { return ipv4_address(0xffffffff); }
  /// The first `length` bits set; at most 32.
  [[nodiscard]] static constexpr ipv4_address mask(unsigned length) noexcept {
    return ipv4_address(length == 0 ? 0 : ~std::uint32_t{0} << (bits - length));
  }

  [[nodiscard]] constexpr std::uint32_t value() const noexcept { return value_; }
  [[nodiscard]] constexpr std::uint8_t octet(unsigned index) const noexcept {
    return static_cast<std::uint8_t>(value_ >> (24 - 8 * index));
  }

  [[nodiscard]] constexpr bool is_unspecified() const noexcept { return value_ == 0; }
  [[nodiscard]] constexpr bool is_broadcast() const noexcept { return value_ == 0xffffffff; }  // RFC 919
  [[nodiscard]] constexpr bool is_loopback() const noexcept {
    return within(0x7f000000, 8);
  }  // RFC 1122 §3.2.1.3
  [[nodiscard]] constexpr bool is_link_local() const noexcept { return within(0xa9fe0000, 16); }  // RFC 3927
  [[nodiscard]] constexpr bool is_multicast() const noexcept { return within(0xe0000000, 4); }    // RFC 5771
  /// RFC 1918
  [[nodiscard]] constexpr bool is_private() const noexcept {
    return within(0x0a000000, 8) || within(0xac100000, 12) || within(0xc0a80000, 16);
  }
  /// RFC 5737
  [[nodiscard]] constexpr bool is_documentation() const noexcept {
    return within(0xc0000200, 24) || within(0xc6336400, 24) || within(0xcb007100, 24);
  }

  [[nodiscard]] constexpr std::uint64_t hash(std::uint64_t seed = 0) const noexcept {
    return hash_mix(seed, value_);
  }
  friend constexpr auto operator<=>(const ipv4_address&, const ipv4_address&) noexcept = default;
  friend constexpr ipv4_address operator&(ipv4_address a, ipv4_address b) noexcept {
    return ipv4_address(a.value_ & b.value_);
  }
  friend constexpr ipv4_address operator|(ipv4_address a, ipv4_address b) noexcept {
    return ipv4_address(a.value_ | b.value_);
  }
  friend constexpr ipv4_address operator~(ipv4_address a) noexcept { return ipv4_address(~a.value_); }
  friend void format(text_writer& out, const ipv4_address& address) noexcept;

 private:
  [[nodiscard]] constexpr bool within(std::uint32_t network, unsigned length) const noexcept {
    return ((value_ ^ network) >> (bits - length)) == 0;
  }
  std::uint32_t value_ = 0;
};

class ipv6_address {
 public:
  static constexpr std::size_t size = 16;
  static constexpr unsigned bits = 128;

  constexpr ipv6_address() noexcept = default;
  /// The first and the last eight bytes, as `load_be64` gives them.
  constexpr ipv6_address(std::uint64_t high, std::uint64_t low) noexcept : high_(high), low_(low) {}
  constexpr explicit ipv6_address(const std::array<std::uint16_t, 8>& groups) noexcept {
    for (unsigned i = 0; i < 4; ++i) high_ = high_ << 16 | groups[i];
    for (unsigned i = 4; i < 8; ++i) low_ = low_ << 16 | groups[i];
  }
  consteval ipv6_address(const char* text) : ipv6_address(detail::parse_literal<ipv6_address>(text)) {}

  /// The three forms of RFC 4291 §2.2: eight groups, `::` for one or more groups of zeros, the last two
  /// groups as an IPv4 address. A group has one to four digits in either case.
  [[nodiscard]] static constexpr std::optional<ipv6_address> parse(std::string_view text) noexcept;
  [[nodiscard]] static ipv6_address load(const std::byte* from) noexcept {
    return {load_be64(from), load_be64(from + 8)};
  }
  void store(std::byte* to) const noexcept {
    store_be64(to, high_);
    store_be64(to + 8, low_);
  }

  [[nodiscard]] static constexpr ipv6_address any() noexcept { return {}; }
  [[nodiscard]] static constexpr ipv6_address loopback() noexcept { return {0, 1}; }
  /// The first `length` bits set; at most 128.
  [[nodiscard]] static constexpr ipv6_address mask(unsigned length) noexcept {
    constexpr std::uint64_t ones = ~std::uint64_t{0};
    if (length == 0) return {};
    if (length <= 64) return {ones << (64 - length), 0};
    return {ones, ones << (128 - length)};
  }
  /// `::ffff:a.b.c.d`, RFC 4291 §2.5.5.2: how one socket serves both families.
  [[nodiscard]] static constexpr ipv6_address mapped(ipv4_address address) noexcept {
    return {0, std::uint64_t{0xffff} << 32 | address.value()};
  }

  [[nodiscard]] constexpr std::uint64_t high() const noexcept { return high_; }
  [[nodiscard]] constexpr std::uint64_t low() const noexcept { return low_; }
  [[nodiscard]] constexpr std::uint16_t group(unsigned index) const noexcept {
    return static_cast<std::uint16_t>((index < 4 ? high_ : low_) >> (48 - 16 * (index % 4)));
  }

  [[nodiscard]] constexpr bool is_unspecified() const noexcept { return high_ == 0 && low_ == 0; }
  [[nodiscard]] constexpr bool is_loopback() const noexcept { return high_ == 0 && low_ == 1; }
  [[nodiscard]] constexpr bool is_link_local() const noexcept { return high_ >> 54 == 0xfe80 >> 6; }
  [[nodiscard]] constexpr bool is_multicast() const noexcept { return high_ >> 56 == 0xff; }
  /// Unique local, RFC 4193.
  [[nodiscard]] constexpr bool is_private() const noexcept { return high_ >> 57 == 0xfc >> 1; }
  /// RFC 3849, RFC 9637
  [[nodiscard]] constexpr bool is_documentation() const noexcept {
    return high_ >> 32 == 0x2001'0db8 || high_ >> 44 == 0x3fff0;
  }
  [[nodiscard]] constexpr bool is_v4_mapped() const noexcept { return high_ == 0 && low_ >> 32 == 0xffff; }
  /// The IPv4 address of a mapped one.
  [[nodiscard]] constexpr std::optional<ipv4_address> v4() const noexcept {
    if (!is_v4_mapped()) return std::nullopt;
    return ipv4_address(static_cast<std::uint32_t>(low_));
  }

  [[nodiscard]] constexpr std::uint64_t hash(std::uint64_t seed = 0) const noexcept {
    return hash_mix(hash_mix(seed, high_), low_);
  }
  friend constexpr auto operator<=>(const ipv6_address&, const ipv6_address&) noexcept = default;
  friend constexpr ipv6_address operator&(ipv6_address a, ipv6_address b) noexcept {
    return {a.high_ & b.high_, a.low_ & b.low_};
  }
  friend constexpr ipv6_address operator|(ipv6_address a, ipv6_address b) noexcept {
    return {a.high_ | b.high_, a.low_ | b.low_};
  }
  friend constexpr ipv6_address operator~(ipv6_address a) noexcept { return {~a.high_, ~a.low_}; }
  /// RFC 5952: lower case, no leading zeros, the first of the longest runs of at least two zero groups as
  /// `::`; the mapped form ends in an IPv4 address (§5). Other forms that embed one are printed in groups.
  friend void format(text_writer& out, const ipv6_address& address) noexcept;

 private:
  std::uint64_t high_ = 0;
  std::uint64_t low_ = 0;
};

/// An address of either family. IPv4 sorts before IPv6, and a mapped IPv6 address is not equal to the IPv4
/// address in it: whoever receives one from a socket calls `unmapped()`.
class ip_address {
 public:
  /// 0.0.0.0
  constexpr ip_address() noexcept = default;
  constexpr ip_address(ipv4_address address) noexcept : value_(0, address.value()) {}
  constexpr ip_address(ipv6_address address) noexcept : is_v6_(true), value_(address) {}
  consteval ip_address(const char* text) : ip_address(detail::parse_literal<ip_address>(text)) {}

  [[nodiscard]] static constexpr std::optional<ip_address> parse(std::string_view text) noexcept {
    if (const auto address = ipv4_address::parse(text)) return *address;
    if (const auto address = ipv6_address::parse(text)) return *address;
    return std::nullopt;
  }

  [[nodiscard]] constexpr bool is_v4() const noexcept { return !is_v6_; }
  [[nodiscard]] constexpr bool is_v6() const noexcept { return is_v6_; }
  /// Asking for the other family is a programmer's error and stops the unikernel.
  [[nodiscard]] constexpr ipv4_address v4() const noexcept {
    if (is_v6_) panic("the IPv4 address of an ip_address that holds IPv6");
    return ipv4_address(static_cast<std::uint32_t>(value_.low()));
  }
  [[nodiscard]] constexpr ipv6_address v6() const noexcept {
    if (!is_v6_) panic("the IPv6 address of an ip_address that holds IPv4");
    return value_;
  }
  /// A mapped IPv6 address as the IPv4 address that it stands for; all others as they are.
  [[nodiscard]] constexpr ip_address unmapped() const noexcept {
    if (is_v6_)
      if (const auto inner = value_.v4()) return *inner;
    return *this;
  }
  /// For IPv4 the mapped address.
  [[nodiscard]] constexpr ipv6_address as_v6() const noexcept {
    return is_v6_ ? value_ : ipv6_address::mapped(v4());
  }

  [[nodiscard]] constexpr bool is_unspecified() const noexcept { return value_.is_unspecified(); }
  [[nodiscard]] constexpr bool is_loopback() const noexcept {
    return is_v6_ ? value_.is_loopback() : v4().is_loopback();
  }
  [[nodiscard]] constexpr bool is_link_local() const noexcept {
    return is_v6_ ? value_.is_link_local() : v4().is_link_local();
  }
  [[nodiscard]] constexpr bool is_multicast() const noexcept {
    return is_v6_ ? value_.is_multicast() : v4().is_multicast();
  }
  [[nodiscard]] constexpr bool is_private() const noexcept {
    return is_v6_ ? value_.is_private() : v4().is_private();
  }
  [[nodiscard]] constexpr bool is_documentation() const noexcept {
    return is_v6_ ? value_.is_documentation() : v4().is_documentation();
  }

  [[nodiscard]] constexpr std::uint64_t hash(std::uint64_t seed = 0) const noexcept {
    return is_v6_ ? value_.hash(seed) : v4().hash(seed);
  }
  friend constexpr auto operator<=>(const ip_address&, const ip_address&) noexcept = default;
  friend void format(text_writer& out, const ip_address& address) noexcept;

 private:
  bool is_v6_ = false;
  ipv6_address value_;  // an IPv4 address in the last 32 bits
};

constexpr std::optional<ipv4_address> ipv4_address::parse(std::string_view text) noexcept {
  std::uint32_t value = 0;
  for (unsigned i = 0; i < 4; ++i) {
    if (i > 0) {
      if (text.empty() || text.front() != '.') return std::nullopt;
      text.remove_prefix(1);
    }
    unsigned octet = 0;
    std::size_t digits = 0;
    for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
      if (digits > 0 && octet == 0) return std::nullopt;
      octet = octet * 10 + static_cast<unsigned>(text[digits] - '0');
      if (octet > 255) return std::nullopt;
    }
    if (digits == 0) return std::nullopt;
    text.remove_prefix(digits);
    value = value << 8 | octet;
  }
  if (!text.empty()) return std::nullopt;
  return ipv4_address(value);
}

constexpr std::optional<ipv6_address> ipv6_address::parse(std::string_view text) noexcept {
  std::array<std::uint16_t, 8> groups{};
  std::size_t count = 0;
  std::size_t gap = groups.size() + 1;  // before which group the `::` stands
  const auto has_gap = [&] { return gap <= groups.size(); };
  if (text.starts_with("::")) {
    gap = 0;
    text.remove_prefix(2);
  }
  while (!text.empty()) {
    if (count == groups.size()) return std::nullopt;
    std::uint16_t group = 0;
    std::size_t digits = 0;
    for (; digits < text.size() && digits < 4; ++digits) {
      const int digit = detail::hexadecimal_digit(text[digits]);
      if (digit < 0) break;
      group = static_cast<std::uint16_t>(group << 4 | digit);
    }
    if (digits == 0) return std::nullopt;
    if (digits < text.size() && text[digits] == '.') {
      const auto inner = ipv4_address::parse(text);
      if (!inner || count + 2 > groups.size()) return std::nullopt;
      groups[count++] = static_cast<std::uint16_t>(inner->value() >> 16);
      groups[count++] = static_cast<std::uint16_t>(inner->value());
      break;
    }
    groups[count++] = group;
    text.remove_prefix(digits);
    if (text.empty()) break;
    if (text.front() != ':' || text.size() == 1) return std::nullopt;
    text.remove_prefix(1);
    if (text.front() != ':') continue;
    if (has_gap()) return std::nullopt;
    gap = count;
    text.remove_prefix(1);
  }
  if (!has_gap()) return count == groups.size() ? std::optional(ipv6_address(groups)) : std::nullopt;
  if (count == groups.size()) return std::nullopt;
  std::array<std::uint16_t, 8> spread{};
  for (std::size_t i = 0; i < gap; ++i) spread[i] = groups[i];
  for (std::size_t i = gap; i < count; ++i) spread[i + groups.size() - count] = groups[i];
  return ipv6_address(spread);
}

}  // namespace mirage

template <>
struct std::hash<mirage::ipv4_address> {
  std::size_t operator()(const mirage::ipv4_address& key) const noexcept {
    return static_cast<std::size_t>(key.hash());
  }
};
template <>
struct std::hash<mirage::ipv6_address> {
  std::size_t operator()(const mirage::ipv6_address& key) const noexcept {
    return static_cast<std::size_t>(key.hash());
  }
};
template <>
struct std::hash<mirage::ip_address> {
  std::size_t operator()(const mirage::ip_address& key) const noexcept {
    return static_cast<std::size_t>(key.hash());
  }
};
