// SPDX-License-Identifier: ISC
#include "mirage/ipv4/igmp_packet.hpp"

#include "mirage/ipv4/header_options.hpp"
#include "mirage/ipv4/wire.hpp"

namespace mirage {

namespace {
constexpr std::size_t header_size = ipv4_header::size + router_alert_option_size;
}

std::size_t igmp_packet_size(const igmp_action& what) noexcept { return header_size + what.size(); }

std::size_t write_igmp_packet(bytes to, ipv4_address source, const igmp_action& what) noexcept {
  const std::size_t size = header_size + what.emit(to.subspan(header_size));
  ipv4_header::write(to, {.source = source,
                          .destination = what.destination,
                          .protocol = 2,
                          .ttl = 1,
                          .traffic_class = 0xc0,
                          .total_length = static_cast<std::uint16_t>(size)});
  add_router_alert(to);
  return size;
}

}  // namespace mirage
