// SPDX-License-Identifier: ISC
#include "mirage/ipv4/examine.hpp"

#include "mirage/ipv4/header_options.hpp"

namespace mirage {

namespace {

// RFC 1122 §3.2.1.3; addresses of class E are nobody's (RFC 1112 §4). Who has no address yet may ask
// everybody for one.
[[nodiscard]] bool can_be_source(ipv4_address source, bool to_many, const ipv4_routes& routes) noexcept {
  if (source.is_unspecified()) return to_many;
  constexpr ipv4_address class_e = "240.0.0.0";
  return !source.is_loopback() && !source.is_multicast() && source < class_e &&
         !routes.is_broadcast(source) && !routes.is_ours(source);
}

[[nodiscard]] packet_verdict by_addresses(const ipv4_fields& fields, bool group, const ipv4_routes& routes,
                                          const igmp_host& groups) noexcept {
  const ipv4_address to = fields.destination;
  const bool broadcast = routes.is_broadcast(to);
  const bool to_many = broadcast || to.is_multicast();
  if (to_many ? !broadcast && !groups.contains(to) : group || !routes.is_ours(to))
    return packet_verdict::not_ours;
  if (!can_be_source(fields.source, to_many, routes)) return packet_verdict::martian;
  return packet_verdict::whole;
}

}  // namespace

examined_packet examine(cbytes packet, bool group, const ipv4_routes& routes,
                        const igmp_host& groups) noexcept {
  const auto header = ipv4_header::of(packet);
  if (!header) return {packet_verdict::malformed};
  if (!header->is_checksum_right()) return {packet_verdict::bad_checksum};
  switch (check_header_options(header->options())) {
    case header_options_verdict::fine: break;
    case header_options_verdict::malformed: return {packet_verdict::malformed};
    case header_options_verdict::source_routed: return {packet_verdict::source_routed};
  }
  const ipv4_fields fields = header->fields();
  const packet_verdict verdict = by_addresses(fields, group, routes, groups);
  if (verdict != packet_verdict::whole) return {verdict};
  return {header->is_fragment() ? packet_verdict::fragment : packet_verdict::whole, header->header_size(),
          fields, !routes.is_ours(fields.destination)};
}

}  // namespace mirage
