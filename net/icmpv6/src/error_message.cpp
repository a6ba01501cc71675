// SPDX-License-Identifier: ISC
#include "mirage/icmpv6/error_message.hpp"

#include <algorithm>
#include <cstring>

namespace mirage {

namespace {

constexpr std::size_t least_mtu = 1280;
constexpr std::size_t greatest_quote = least_mtu - ipv6_header::size - icmpv6_header::size;
constexpr std::uint8_t first_informational = 128;

/// An error, or too short to know.
[[nodiscard]] bool is_error(cbytes message) noexcept {
  if (message.empty()) return true;
  const auto type = std::to_integer<std::uint8_t>(message[0]);
  return type < first_informational || type == static_cast<std::uint8_t>(icmpv6_type::redirect);
}

}  // namespace

bool may_be_told(const icmpv6_error& what, const icmpv6_subject& about) noexcept {
  const ipv6_address& to = about.header.source;
  if (to.is_unspecified() || to.is_multicast()) return false;
  if (about.header.destination.is_multicast() && !what.even_of_group) return false;
  return about.header.protocol != v1::ip_protocol::icmpv6 || !is_error(about.payload);
}

std::size_t error_message_size(const icmpv6_subject& about) noexcept {
  return icmpv6_header::size + std::min(about.header_bytes.size() + about.payload.size(), greatest_quote);
}

std::size_t write_error_message(bytes to, const icmpv6_error& what, const icmpv6_subject& about) noexcept {
  const std::size_t size = error_message_size(about);
  std::size_t left = size - icmpv6_header::size;
  std::byte* at = &to[icmpv6_header::size];
  for (const cbytes part : {about.header_bytes, about.payload}) {
    const std::size_t length = std::min(part.size(), left);
    if (length != 0) std::memcpy(at, part.data(), length);
    at += length;
    left -= length;
  }
  icmpv6_header::write(to, what.type, what.code, what.word);
  return size;
}

}  // namespace mirage
