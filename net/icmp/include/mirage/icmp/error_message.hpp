// SPDX-License-Identifier: ISC
// Telling a sender what could not be done with its packet: RFC 792, RFC 1122 §3.2.2, RFC 1812 §4.3.3, RFC
// 1191 §4.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/core/bytes.hpp"
#include "mirage/icmp/wire.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// The last four are a router's.
enum class icmp_error : std::uint8_t {
  protocol_unreachable,
  port_unreachable,
  reassembly_time_exceeded,
  network_unreachable,
  host_unreachable,
  fragmentation_needed,
  ttl_exceeded
};

/// A packet about which something is to be said.
struct icmp_subject {
  v1::ip_header<ipv4_address> header;
  cbytes header_bytes;  ///< as they came, with options
  cbytes payload;
  std::uint16_t mtu = 0;  ///< of the next link, where fragmentation is needed
};

/// Whether anything may be said of it: not of an error message, nor of any fragment but the first, nor to a
/// source that is not one host. (That it came to one host only, the caller has seen to.)
[[nodiscard]] bool may_be_told(const icmp_subject& about) noexcept;

/// How long the message is: the packet is quoted as far as it goes into 576 bytes with our headers (RFC 1812
/// §4.3.2.3).
[[nodiscard]] std::size_t error_message_size(const icmp_subject& about) noexcept;
/// Writes it to `to`, which has room for it, and gives its length.
std::size_t write_error_message(bytes to, icmp_error what, const icmp_subject& about) noexcept;

}  // namespace mirage
