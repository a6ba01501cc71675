// SPDX-License-Identifier: ISC
// What a received message is: RFC 4443 §2.4, §3 and §4.
#pragma once

#include <cstdint>

#include "mirage/core/bytes.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// `malformed`: too short, or an error that quotes less than the headers and 8 bytes of what they carry.
/// `ignored`: of a type that is not acted upon. An error of a type that is not known is a report (§2.4 (a)).
enum class icmpv6_kind : std::uint8_t { echo_request, echo_reply, report, malformed, bad_checksum, ignored };

struct icmpv6_reading {
  icmpv6_kind kind;
  std::uint16_t identifier = 0;  ///< of echo
  std::uint16_t sequence = 0;
  std::uint16_t checksum = 0;
  v1::icmp_report<ipv6_address> report{};  ///< its `quoted` lies in the message
};

[[nodiscard]] icmpv6_reading read_icmpv6(const v1::ip_header<ipv6_address>& from, cbytes message) noexcept;

/// As if a router said that it cannot deliver this packet of ours: a report, unless it is not the beginning
/// of one.
[[nodiscard]] icmpv6_reading read_undelivered_ipv6(cbytes packet) noexcept;

}  // namespace mirage
