// SPDX-License-Identifier: ISC
// Packets as hosts send them, and what an independent look at one finds.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mirage/checksum.hpp"
#include "mirage/icmp/wire.hpp"
#include "mirage/ipv4/wire.hpp"
#include "mirage/nat/packet.hpp"
#include "mirage/tcp/wire.hpp"
#include "mirage/udp/wire.hpp"

namespace mirage::test {

using packet_bytes = std::vector<std::byte>;

inline constexpr std::size_t options_size = 4;

/// A packet around the transport header and payload; with a header of 24 bytes if there are options.
inline packet_bytes ip_packet(ipv4_address source, ipv4_address destination, std::uint8_t protocol,
                              const packet_bytes& transport, bool options = false,
                              bool dont_fragment = true) {
  const std::size_t header = ipv4_header::size + (options ? options_size : 0);
  packet_bytes packet(header, std::byte{1});  // options: no operation
  packet.insert(packet.end(), transport.begin(), transport.end());
  ipv4_header::write(packet, {.source = source,
                              .destination = destination,
                              .protocol = protocol,
                              .ttl = 64,
                              .total_length = static_cast<std::uint16_t>(packet.size()),
                              .identification = 5,
                              .dont_fragment = dont_fragment});
  packet[0] = static_cast<std::byte>(0x40 | header / 4);
  store_be16(&packet[10], 0);
  store_be16(&packet[10], checksum::finish(checksum::sum_of(cbytes(packet).first(header))));
  return packet;
}

inline packet_bytes padded(std::size_t header, std::string_view payload) {
  packet_bytes made(header);
  for (const char c : payload) made.push_back(static_cast<std::byte>(c));
  return made;
}

inline packet_bytes udp_packet(nat_endpoint from, nat_endpoint to, std::string_view payload = "datagram",
                               bool checksum = true, bool options = false, bool dont_fragment = true) {
  packet_bytes datagram = padded(udp_header::size, payload);
  const auto size = static_cast<std::uint16_t>(datagram.size());
  udp_header::write(datagram, from.port, to.port, size, 0);
  const std::uint16_t sum =
      checksum::add(checksum::pseudo_header(from.address, to.address, 17, size), checksum::sum_of(datagram));
  if (checksum) store_be16(&datagram[6], checksum::finish_not_zero(sum));
  return ip_packet(from.address, to.address, 17, datagram, options, dont_fragment);
}

inline packet_bytes tcp_packet(nat_endpoint from, nat_endpoint to, std::uint8_t flags,
                               std::string_view payload = {}) {
  packet_bytes segment = padded(tcp_protocol::header_size, payload);
  tcp_protocol::store_header(segment,
                             {.source = from.port, .destination = to.port, .flags = flags, .window = 1000},
                             tcp_protocol::header_size);
  const auto size = static_cast<std::uint16_t>(segment.size());
  store_be16(&segment[16],
             checksum::finish(checksum::add(checksum::pseudo_header(from.address, to.address, 6, size),
                                            checksum::sum_of(segment))));
  return ip_packet(from.address, to.address, 6, segment);
}

inline packet_bytes echo_packet(ipv4_address from, ipv4_address to, icmp_type type, std::uint16_t identifier,
                                std::string_view payload = "echo") {
  packet_bytes message = padded(icmp_header::size, payload);
  icmp_header::write(message, type, 0, 0, identifier, 1);
  icmp_header::finish(message);
  return ip_packet(from, to, 1, message);
}

/// About the first `quote` bytes of a packet behind its header.
inline packet_bytes report_packet(ipv4_address from, ipv4_address to, icmp_type type, std::uint8_t code,
                                  cbytes about, std::size_t quote = 1000) {
  packet_bytes message(icmp_header::size);
  icmp_header::write(message, type, code, 0, 0, 0);
  const std::size_t header = 4 * (std::to_integer<std::size_t>(about[0]) & 15);
  const cbytes quoted = about.first(std::min(about.size(), header + quote));
  message.insert(message.end(), quoted.begin(), quoted.end());
  icmp_header::finish(message);
  return ip_packet(from, to, 1, message);
}

/// Whether its own checksums, and those of a packet in it that is there as a whole, are right.
inline bool is_sound(cbytes packet) {
  const auto header = ipv4_header::of(packet);
  if (!header || !header->is_checksum_right()) return false;
  const ipv4_fields fields = header->fields();
  const cbytes transport = packet.subspan(header->header_size());
  if (transport.size() < (fields.protocol == 6 ? tcp_protocol::header_size : icmp_header::size)) return false;
  std::uint16_t sum = checksum::sum_of(transport);
  if (fields.protocol == 17 && load_be16(&transport[6]) == 0) return true;
  if (fields.protocol != 1)
    sum = checksum::add(sum, checksum::pseudo_header(fields.source, fields.destination, fields.protocol,
                                                     static_cast<std::uint32_t>(transport.size())));
  if (sum != checksum::verified) return false;
  if (fields.protocol != 1) return true;
  const icmp_type type = icmp_header::of(transport)->type();
  if (type == icmp_type::echo_request || type == icmp_type::echo_reply) return true;
  const cbytes quoted = transport.subspan(icmp_header::size);
  return !ipv4_header::of(quoted) || is_sound(quoted);
}

}  // namespace mirage::test
