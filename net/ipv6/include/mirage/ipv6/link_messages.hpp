// SPDX-License-Identifier: ISC
// Messages of ICMPv6 that stay between IPv6 and its link, and the packets around those that we send.
#pragma once

#include <cstddef>

#include "mirage/core/bytes.hpp"
#include "mirage/ip/group_membership.hpp"
#include "mirage/ipv6/wire.hpp"
#include "mirage/ndp/core.hpp"
#include "mirage/ndp/messages.hpp"
#include "mirage/ndp/mld.hpp"

namespace mirage {

/// Neighbour discovery, and what is said of groups.
[[nodiscard]] inline bool is_of_the_link(cbytes message) noexcept {
  if (message.empty()) return false;
  switch (static_cast<icmpv6_type>(message[0])) {
    case icmpv6_type::group_query:
    case icmpv6_type::group_report:
    case icmpv6_type::router_solicitation:
    case icmpv6_type::router_advertisement:
    case icmpv6_type::neighbour_solicitation:
    case icmpv6_type::neighbour_advertisement:
    case icmpv6_type::redirect: return true;
    default: return false;
  }
}

inline constexpr std::size_t greatest_discovery_packet = ipv6_header::size + greatest_ndp_message;
/// The message of an action. `to` has room for the greatest; gives its length.
std::size_t write_discovery_packet(bytes to, const ndp_core& discovery, const ndp_action& action) noexcept;

/// RFC 3810 §5: routers look at it on its way, because an option says so.
inline constexpr std::size_t router_alert_size = 8;
[[nodiscard]] inline std::size_t report_packet_size(const group_report& report) noexcept {
  return ipv6_header::size + router_alert_size + group_report_size(report);
}
/// From an address of the link, or from none (§5.2.13).
[[nodiscard]] ndp_header report_header(const own_addresses& ours) noexcept;
/// Writes it to `to`, which has room for it, and gives its length.
std::size_t write_report_packet(bytes to, const ndp_header& from, const group_report& report) noexcept;

}  // namespace mirage
