// SPDX-License-Identifier: ISC
#include "mirage/ipv6/undeliverable.hpp"

#include "mirage/ipv6/fields.hpp"

namespace mirage {

void ipv6_undeliverable_reports::problem(cbytes packet, parameter_problem what, std::size_t pointer,
                                         bool even_of_group, bool group) noexcept {
  const auto header = received_header(ipv6_header::read(packet.data()), interface_);
  const bool to_group = group || header.destination.is_multicast();
  if (!handler_ || (to_group && !even_of_group) || !may_be_answered_with_error(packet)) return;
  (*handler_)({.why = ipv6_undeliverable::reason::problem,
               .header = header,
               .packet = packet,
               .what = what,
               .pointer = static_cast<std::uint32_t>(pointer),
               .even_of_group = even_of_group});
}

void ipv6_undeliverable_reports::reassembly_time(cbytes packet) noexcept {
  if (!handler_) return;
  const auto header = received_header(ipv6_header::read(packet.data()), interface_);
  if (header.destination.is_multicast() || !may_be_answered_with_error(packet)) return;
  (*handler_)({.why = ipv6_undeliverable::reason::reassembly_time, .header = header, .packet = packet});
}

}  // namespace mirage
