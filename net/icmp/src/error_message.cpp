// SPDX-License-Identifier: ISC
#include "mirage/icmp/error_message.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "mirage/ipv4/wire.hpp"

namespace mirage {

namespace {

constexpr std::size_t greatest_quote = 576 - ipv4_header::size - icmp_header::size;

[[nodiscard]] bool is_query(cbytes message) noexcept {
  const auto header = icmp_header::of(message);
  return header && (header->type() == icmp_type::echo_request || header->type() == icmp_type::echo_reply);
}

struct type_and_code {
  icmp_type type;
  std::uint8_t code;
};

[[nodiscard]] constexpr type_and_code written_as(icmp_error what) noexcept {
  switch (what) {
    case icmp_error::protocol_unreachable: return {icmp_type::unreachable, 2};
    case icmp_error::port_unreachable: return {icmp_type::unreachable, 3};
    case icmp_error::reassembly_time_exceeded: return {icmp_type::time_exceeded, 1};
    case icmp_error::network_unreachable: return {icmp_type::unreachable, 0};
    case icmp_error::host_unreachable: return {icmp_type::unreachable, 1};
    case icmp_error::fragmentation_needed: return {icmp_type::unreachable, 4};
    case icmp_error::ttl_exceeded: return {icmp_type::time_exceeded, 0};
  }
  std::unreachable();
}

}  // namespace

bool may_be_told(const icmp_subject& about) noexcept {
  const ipv4_address to = about.header.source;
  if (to.is_unspecified() || to.is_multicast() || to.is_broadcast()) return false;
  if (about.header_bytes.size() < ipv4_header::size) return false;
  if (ipv4_header::read(about.header_bytes.data()).fragment_offset != 0) return false;
  return about.header.protocol != v1::ip_protocol::icmp || is_query(about.payload);
}

std::size_t error_message_size(const icmp_subject& about) noexcept {
  return icmp_header::size + std::min(about.header_bytes.size() + about.payload.size(), greatest_quote);
}

std::size_t write_error_message(bytes to, icmp_error what, const icmp_subject& about) noexcept {
  const std::size_t size = error_message_size(about);
  const cbytes header = about.header_bytes;
  const std::size_t quoted = size - icmp_header::size - header.size();
  std::memcpy(&to[icmp_header::size], header.data(), header.size());
  if (quoted != 0) std::memcpy(&to[icmp_header::size + header.size()], about.payload.data(), quoted);
  const auto [type, code] = written_as(what);
  icmp_header::write(to, type, code, 0, 0, what == icmp_error::fragmentation_needed ? about.mtu : 0);
  icmp_header::finish(to.first(size));
  return size;
}

}  // namespace mirage
