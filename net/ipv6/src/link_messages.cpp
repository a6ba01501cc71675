// SPDX-License-Identifier: ISC
#include "mirage/ipv6/link_messages.hpp"

namespace mirage {

std::size_t write_discovery_packet(bytes to, const ndp_core& discovery, const ndp_action& action) noexcept {
  const std::size_t size = discovery.emit(action, to.subspan(ipv6_header::size));
  ipv6_header::write(to, {.source = action.source,
                          .destination = action.destination,
                          .next_header = icmpv6_header::next_header,
                          .hop_limit = 255,
                          .payload_length = static_cast<std::uint16_t>(size)});
  return ipv6_header::size + size;
}

ndp_header report_header(const own_addresses& ours) noexcept {
  const ipv6_address speaker = ours.speaker_to(all_mld_routers);
  return {speaker.is_link_local() ? speaker : ipv6_address{}, all_mld_routers, 1};
}

std::size_t write_report_packet(bytes to, const ndp_header& from, const group_report& report) noexcept {
  const std::size_t size = report_packet_size(report);
  ipv6_header::write(to, {.source = from.source,
                          .destination = from.destination,
                          .next_header = ipv6_next_header::hop_by_hop,
                          .hop_limit = from.hop_limit,
                          .payload_length = static_cast<std::uint16_t>(size - ipv6_header::size)});
  // Next header ICMPv6, 8 bytes; router alert with 0 for groups (RFC 2711 §2.1), and two bytes of padding.
  constexpr std::uint64_t router_alert = 0x3a00'0502'0000'0100;
  store_be64(&to[ipv6_header::size], router_alert);
  write_group_report(to.subspan(ipv6_header::size + router_alert_size), from, report);
  return size;
}

}  // namespace mirage
