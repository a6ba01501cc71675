// SPDX-License-Identifier: ISC
// Texts of addresses: whatever is accepted prints to a text that reads back the same, and the C library
// agrees on what an IPv4 or IPv6 address is.
// covers: src/address.cpp include/mirage/core/ip_address.hpp include/mirage/core/ip_prefix.hpp
#include "mirage/core/address.hpp"

#include <arpa/inet.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "mirage/core/format.hpp"

using namespace mirage;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

// The canonical text is never longer than these, and it is a fixed point.
template <class T>
std::optional<T> round_trip(std::string_view text) {
  const std::optional<T> value = T::parse(text);
  if (!value) return value;
  const auto printed = format_text<64>("{}", *value);
  check(!printed.cut());
  const auto again = T::parse(printed);
  check(again == value && again->hash(1) == value->hash(1) &&
        std::hash<T>()(*again) == std::hash<T>()(*value));
  check(format_text<64>("{}", *again) == printed);
  return value;
}

template <class Address>
void check_wire(const Address& address) {
  std::array<std::byte, Address::size> wire;
  address.store(wire.data());
  check(Address::load(wire.data()) == address);
}

// A text with a zero inside would look shorter to the C library.
template <class Address>
void check_oracle(const std::string& text, int family, const std::optional<Address>& got) {
  if (text.find('\0') != std::string::npos) return check(!got);
  std::array<std::byte, Address::size> wire;
  const bool accepted = inet_pton(family, text.c_str(), wire.data()) == 1;
  check(accepted == got.has_value());
  if (accepted) check(Address::load(wire.data()) == *got);
}

void check_mac(std::string_view text) {
  const auto address = round_trip<mac_address>(text);
  if (!address) return;
  check_wire(*address);
  check(!address->is_broadcast() || (address->is_multicast() && address->is_locally_administered()));
  check(address->is_zero() == (address->octets() == mac_address().octets()));
}

void check_ipv4(const std::string& text) {
  const auto address = round_trip<ipv4_address>(text);
  check_oracle(text, AF_INET, address);
  if (!address) return;
  check_wire(*address);
  const int kinds = address->is_unspecified() + address->is_broadcast() + address->is_loopback() +
                    address->is_link_local() + address->is_multicast() + address->is_private() +
                    address->is_documentation();
  check(kinds <= 1);
  check(ipv6_address::mapped(*address).v4() == address);
  check((*address & ~*address) == ipv4_address::any() && (*address | ~*address) == ipv4_address::broadcast());
}

void check_ipv6(const std::string& text) {
  const auto address = round_trip<ipv6_address>(text);
  check_oracle(text, AF_INET6, address);
  if (!address) return;
  check_wire(*address);
  const int kinds = address->is_unspecified() + address->is_loopback() + address->is_link_local() +
                    address->is_multicast() + address->is_private() + address->is_documentation() +
                    address->is_v4_mapped();
  check(kinds <= 1);
  check((*address & ~*address) == ipv6_address::any() && (*address | ~*address) == ~ipv6_address::any());
}

void check_either(std::string_view text) {
  const auto address = round_trip<ip_address>(text);
  if (!address) return;
  check(address->as_v6() == ip_address(address->as_v6()).v6());
  check(address->unmapped() == ip_address(address->as_v6()).unmapped());
  const int kinds = address->is_unspecified() + address->is_loopback() + address->is_link_local() +
                    address->is_multicast() + address->is_private() + address->is_documentation();
  check(kinds <= 1);
}

template <class Prefix>
void check_prefix(std::string_view text) {
  const auto prefix = round_trip<Prefix>(text);
  if (!prefix) return;
  check(prefix->contains(prefix->address()) && prefix->contains(*prefix) &&
        prefix->contains(prefix->network()));
  check(prefix->network().contains(prefix->address()) && prefix->network().length() == prefix->length());
  check(Prefix::make(prefix->address(), prefix->length()) == prefix);
  check(Prefix::from_mask(prefix->address(), prefix->mask()) == prefix);
  check(ip_prefix(*prefix).network() == ip_prefix(prefix->network()));
#ifdef MIRAGE_PLANTED_BUG
  if (prefix->length() == 77) std::abort();
#endif
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check_mac(text);
  check_ipv4(text);
  check_ipv6(text);
  check_either(text);
  check_prefix<ipv4_prefix>(text);
  check_prefix<ipv6_prefix>(text);
  if (const auto prefix = round_trip<ip_prefix>(text)) {
    check(prefix->contains(prefix->address()) && prefix->contains(prefix->network()));
    check(prefix->is_v4() != prefix->is_v6());
  }
  if (const auto value = round_trip<endpoint>(text)) {
    const auto address = format_text<64>("{}", value->address);
    check(ip_address::parse(address) == value->address);
  }
  return 0;
}
