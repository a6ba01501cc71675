// SPDX-License-Identifier: ISC
// A header of v1 as that of a packet and the other way round, and the flow label of what we send: RFC 8200
// §3, RFC 6437.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/core/bytes.hpp"
#include "mirage/core/endian.hpp"
#include "mirage/core/hash.hpp"
#include "mirage/ipv6/wire.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// Without a flow label and a length. `usual_hop_limit` where the header has none.
[[nodiscard]] inline ipv6_fields fields_to_send(const v1::ip_header<ipv6_address>& head,
                                                const ipv6_address& source,
                                                std::uint8_t usual_hop_limit) noexcept {
  return {.source = source,
          .destination = head.destination,
          .next_header = static_cast<std::uint8_t>(head.protocol),
          .hop_limit = head.ttl != 0 ? head.ttl : usual_hop_limit,
          .traffic_class = head.traffic_class};
}

/// As it came by `interface`; its protocol is that of the first header behind it.
[[nodiscard]] inline v1::ip_header<ipv6_address> received_header(const ipv6_fields& fields,
                                                                 std::uint32_t interface) noexcept {
  return {.source = fields.source,
          .destination = fields.destination,
          .protocol = static_cast<v1::ip_protocol>(fields.next_header),
          .ttl = fields.hop_limit,
          .traffic_class = fields.traffic_class,
          .interface = interface};
}

/// The same for all packets of a flow, and not to be foretold (RFC 6437 §3) by who does not know the seed.
/// The first four bytes of TCP and UDP are the ports.
[[nodiscard]] inline std::uint32_t flow_label_of(const ipv6_fields& fields, cbytes payload,
                                                 std::uint64_t seed) noexcept {
  const bool has_ports = fields.next_header == static_cast<std::uint8_t>(v1::ip_protocol::tcp) ||
                         fields.next_header == static_cast<std::uint8_t>(v1::ip_protocol::udp);
  const std::uint32_t ports = has_ports && payload.size() >= 4 ? load_be32(payload.data()) : 0;
  const std::uint64_t ends = hash_mix(seed ^ fields.source.low(), fields.destination.low());
  return static_cast<std::uint32_t>(hash_mix(ends, std::uint64_t{ports} << 8 | fields.next_header)) &
         0xf'ffff;
}

}  // namespace mirage
