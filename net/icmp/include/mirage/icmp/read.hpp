// SPDX-License-Identifier: ISC
// What a received message is: RFC 792, RFC 1122 §3.2.2.
#pragma once

#include <cstdint>

#include "mirage/core/bytes.hpp"
#include "mirage/icmp/wire.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// `malformed`: too short, or a report that quotes less than a header and 8 bytes. `ignored`: of a type that
/// is not acted upon, or about a later fragment, which does not tell of which flow it is.
enum class icmp_kind : std::uint8_t { echo_request, echo_reply, report, malformed, bad_checksum, ignored };

struct icmp_reading {
  icmp_kind kind;
  std::uint16_t identifier = 0;  ///< of echo
  std::uint16_t sequence = 0;
  std::uint16_t checksum = 0;
  v1::icmp_report<ipv4_address> report{};  ///< its `quoted` lies in the message
};

[[nodiscard]] icmp_reading read_icmp(cbytes message) noexcept;

/// As if a router said that it cannot deliver this packet of ours: a report, unless it is not the beginning
/// of one.
[[nodiscard]] icmp_reading read_undelivered_ipv4(cbytes packet) noexcept;

}  // namespace mirage
