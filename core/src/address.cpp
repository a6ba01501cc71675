// SPDX-License-Identifier: ISC
// The canonical texts of addresses; RFC 5952 for IPv6.
#include "mirage/core/address.hpp"

#include "mirage/core/format.hpp"

namespace mirage {

void format(text_writer& out, const mac_address& address) noexcept {
  const auto& octets = address.octets();
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (i > 0) out.append(':');
    format_to(out, "{:02x}", octets[i]);
  }
}

void format(text_writer& out, const ipv4_address& address) noexcept {
  format_to(out, "{}.{}.{}.{}", address.octet(0), address.octet(1), address.octet(2), address.octet(3));
}

namespace {

struct zero_run {
  unsigned begin = 0;
  unsigned length = 0;
};

// The first of the longest runs of zero groups; a single one is not shortened (RFC 5952 §4.2).
zero_run longest_zero_run(const ipv6_address& address) noexcept {
  zero_run longest;
  zero_run current;
  for (unsigned i = 0; i < 8; ++i) {
    if (address.group(i) != 0) {
      current = {i + 1, 0};
      continue;
    }
    ++current.length;
    if (current.length > longest.length) longest = current;
  }
  return longest.length > 1 ? longest : zero_run{8, 0};
}

}  // namespace

void format(text_writer& out, const ipv6_address& address) noexcept {
  if (const auto inner = address.v4()) return format_to(out, "::ffff:{}", *inner);
  const zero_run zeros = longest_zero_run(address);
  for (unsigned i = 0; i < 8;) {
    if (i == zeros.begin) {
      out.append("::");
      i += zeros.length;
      continue;
    }
    if (i != 0 && i != zeros.begin + zeros.length) out.append(':');
    format_to(out, "{:x}", address.group(i++));
  }
}

void format(text_writer& out, const ip_address& address) noexcept {
  if (address.is_v4()) return format(out, address.v4());
  format(out, address.v6());
}

void format(text_writer& out, const ipv4_prefix& prefix) noexcept {
  format_to(out, "{}/{}", prefix.address(), prefix.length());
}

void format(text_writer& out, const ipv6_prefix& prefix) noexcept {
  format_to(out, "{}/{}", prefix.address(), prefix.length());
}

void format(text_writer& out, const ip_prefix& prefix) noexcept {
  format_to(out, "{}/{}", prefix.address(), prefix.length());
}

void format(text_writer& out, const endpoint& value) noexcept {
  if (value.address.is_v4()) return format_to(out, "{}:{}", value.address, value.port);
  format_to(out, "[{}]:{}", value.address, value.port);
}

}  // namespace mirage
