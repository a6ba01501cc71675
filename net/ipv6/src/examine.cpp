// SPDX-License-Identifier: ISC
#include "mirage/ipv6/examine.hpp"

namespace mirage {

namespace {

// RFC 4291 §2.5.2, §2.5.3, §2.7. Who has no address yet speaks to groups only; an IPv4-mapped address is none
// of a packet (RFC 4038 §4.2).
[[nodiscard]] bool can_be_source(const ipv6_address& source, bool to_group) noexcept {
  if (source.is_unspecified()) return to_group;
  return !source.is_multicast() && !source.is_loopback() && !source.is_v4_mapped();
}

// What is of the interface only never comes from a link (RFC 4291 §2.7).
[[nodiscard]] bool is_of_link_or_wider(const ipv6_address& group) noexcept {
  return (group.high() >> 48 & 0xf) > 1;
}

}  // namespace

ipv6_verdict examine_ipv6(cbytes packet, bool group, const own_addresses& addresses,
                          const group_membership& groups) noexcept {
  const auto header = ipv6_header::of(packet);
  if (!header) return ipv6_verdict::malformed;
  const ipv6_fields fields = header->fields();
  const ipv6_address& to = fields.destination;
  const bool for_us =
      to.is_multicast() ? is_of_link_or_wider(to) && groups.contains(to) : !group && addresses.is_ours(to);
  if (!for_us) return ipv6_verdict::not_ours;
  if (!can_be_source(fields.source, to.is_multicast())) return ipv6_verdict::martian;
  if (addresses.is_ours(fields.source)) return ipv6_verdict::from_us;
  return ipv6_verdict::fine;
}

}  // namespace mirage
