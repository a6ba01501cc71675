// SPDX-License-Identifier: ISC
#include "mirage/ipv6/hop.hpp"

#include "mirage/ipv6/selection.hpp"

namespace mirage {

ipv6_hop find_hop(ndp_core& link, const ipv6_address& to, bool to_ourselves, instant now) noexcept {
  using kind = ipv6_hop::kind;
  if (to.is_unspecified() || to.is_v4_mapped()) return {};
  if (to.is_multicast()) return {kind::multicast, to};
  if (to.is_loopback() || link.addresses().is_ours(to))
    return to_ourselves ? ipv6_hop{kind::local, to} : ipv6_hop{};
  const auto next = link.first_hop(to, now);
  return next ? ipv6_hop{kind::unicast, *next} : ipv6_hop{};
}

std::optional<ipv6_address> find_source(const own_addresses& ours, const v1::ip_header<ipv6_address>& head,
                                        const ipv6_hop& to, std::uint32_t interface, instant now) noexcept {
  if (head.interface != 0 && head.interface != interface) return std::nullopt;
  const bool local = to.what == ipv6_hop::kind::local;
  if (head.source.is_unspecified()) return local ? to.next : select_source(ours.all(), head.destination, now);
  const bool own = ours.is_ours(head.source) || (local && head.source.is_loopback());
  return own ? std::optional(head.source) : std::nullopt;
}

}  // namespace mirage
