// SPDX-License-Identifier: ISC
#include "mirage/nat/packet.hpp"

#include "mirage/checksum.hpp"
#include "mirage/icmp/wire.hpp"
#include "mirage/ipv4/wire.hpp"
#include "mirage/tcp/wire.hpp"
#include "mirage/udp/wire.hpp"
#include "mirage/v1.hpp"

namespace mirage {

namespace {

constexpr std::size_t header_checksum = 10;
constexpr std::size_t source_address = 12;
constexpr std::size_t destination_address = 16;
constexpr std::size_t icmp_checksum = 2;
constexpr std::size_t icmp_identifier = 4;

[[nodiscard]] constexpr bool is(std::uint8_t protocol, v1::ip_protocol which) noexcept {
  return protocol == static_cast<std::uint8_t>(which);
}

[[nodiscard]] nat_reading read_echo(const icmp_header& message, nat_flow& flow) noexcept {
  if (message.type() != icmp_type::echo_request && message.type() != icmp_type::echo_reply)
    return nat_reading::unsupported;
  if (message.code() != 0) return nat_reading::malformed;
  flow.protocol = nat_protocol::echo;
  flow.is_echo_reply = message.type() == icmp_type::echo_reply;
  (flow.is_echo_reply ? flow.destination : flow.source).port = message.identifier();
  return nat_reading::flow;
}

// At least the first 8 bytes of the transport header are there.
[[nodiscard]] nat_reading read_ports(std::uint8_t protocol, cbytes transport, nat_flow& flow) noexcept {
  if (is(protocol, v1::ip_protocol::icmp)) return read_echo(*icmp_header::of(transport), flow);
  if (is(protocol, v1::ip_protocol::tcp))
    flow.protocol = nat_protocol::tcp;
  else if (is(protocol, v1::ip_protocol::udp))
    flow.protocol = nat_protocol::udp;
  else
    return nat_reading::unsupported;
  flow.source.port = load_be16(&transport[0]);
  flow.destination.port = load_be16(&transport[2]);
  return nat_reading::flow;
}

// RFC 5508 REQ-3: its own checksum has to be right, and that of the quoted header, whose options are skipped.
// Of a later fragment nobody knows the ports.
[[nodiscard]] nat_packet read_report(cbytes packet, nat_packet known) noexcept {
  constexpr std::size_t least = 8;
  known.quoted = known.header + icmp_header::size;
  const cbytes quoted = packet.subspan(known.quoted);
  if (quoted.size() < ipv4_header::size) return {nat_reading::malformed};
  const auto first = std::to_integer<std::size_t>(quoted[0]);
  const std::size_t header = 4 * (first & 15);
  if (first >> 4 != 4 || header < ipv4_header::size || quoted.size() < header + least)
    return {nat_reading::malformed};
  if (checksum::sum_of(packet.subspan(known.header)) != checksum::verified ||
      checksum::sum_of(quoted.first(header)) != checksum::verified)
    return {nat_reading::bad_checksum};
  const ipv4_fields fields = ipv4_header::read(quoted.data());
  if (fields.fragment_offset != 0) return {nat_reading::unsupported};
  known.transport = known.quoted + header;
  known.flow.source.address = fields.source;
  known.flow.destination.address = fields.destination;
  known.what = read_ports(fields.protocol, packet.subspan(known.transport), known.flow);
  if (known.what == nat_reading::flow) known.what = nat_reading::report;
  return known;
}

void update_word(bytes packet, std::size_t field, auto before, auto after) noexcept {
  store_be16(&packet[field], checksum::update(load_be16(&packet[field]), before, after));
}

void rewrite_address(bytes packet, std::size_t header, std::size_t field, ipv4_address to) noexcept {
  std::byte* const at = &packet[header + field];
  update_word(packet, header + header_checksum, load_be32(at), to.value());
  to.store(at);
}

// Offsets in the transport header; `checksum` may lie behind the end of what is quoted.
struct transport_fields {
  std::size_t port;
  std::size_t checksum;
  bool has_pseudo_header;
};

[[nodiscard]] transport_fields fields_of(nat_protocol protocol, bool source) noexcept {
  switch (protocol) {
    case nat_protocol::tcp: return {source ? 0u : 2u, tcp_protocol::checksum_offset, true};
    case nat_protocol::udp: return {source ? 0u : 2u, udp_header::checksum_offset, true};
    case nat_protocol::echo: break;
  }
  return {icmp_identifier, icmp_checksum, false};
}

// The address in the header at `header` and the port, with every checksum that covers them. A datagram
// without a checksum stays without, and one with a checksum never says 0 (RFC 768). An update cannot tell the
// two zeros of one's complement apart (RFC 1624 §3): 0 is right unless the message is of zeros alone, as an
// echo reply can be whose identifier is 0.
void rewrite_end(bytes packet, std::size_t header, const nat_packet& known, bool source,
                 const nat_endpoint& to) noexcept {
  const std::size_t address = source ? source_address : destination_address;
  const transport_fields where = fields_of(known.flow.protocol, source);
  const bytes transport = packet.subspan(known.transport);
  const std::uint32_t address_before = load_be32(&packet[header + address]);
  const std::uint16_t port_before = load_be16(&transport[where.port]);
  rewrite_address(packet, header, address, to.address);
  store_be16(&transport[where.port], to.port);
  if (transport.size() < where.checksum + 2) return;
  std::uint16_t sum = load_be16(&transport[where.checksum]);
  if (known.flow.protocol == nat_protocol::udp && sum == 0) return;
  if (where.has_pseudo_header) sum = checksum::update(sum, address_before, to.address.value());
  sum = checksum::update(sum, port_before, to.port);
  const bool not_zero =
      known.flow.protocol == nat_protocol::udp || (known.flow.protocol == nat_protocol::echo && to.port == 0);
  store_be16(&transport[where.checksum], sum == 0 && not_zero ? checksum::verified : sum);
}

void rewrite(bytes packet, const nat_packet& known, bool source, const nat_endpoint& to) noexcept {
  if (known.what == nat_reading::flow) return rewrite_end(packet, 0, known, source, to);
  rewrite_address(packet, 0, source ? source_address : destination_address, to.address);
  rewrite_end(packet, known.quoted, known, !source, to);
  const bytes message = packet.subspan(known.header);
  store_be16(&message[icmp_checksum], 0);
  icmp_header::finish(message);
}

}  // namespace

nat_packet read_nat_packet(cbytes packet) noexcept {
  const ipv4_fields fields = ipv4_header::read(packet.data());
  nat_packet known;
  known.header = 4 * (std::to_integer<std::size_t>(packet[0]) & 15);
  known.transport = known.header;
  known.flow.source.address = fields.source;
  known.flow.destination.address = fields.destination;
  const cbytes transport = packet.subspan(known.header);
  if (is(fields.protocol, v1::ip_protocol::icmp)) {
    const auto message = icmp_header::of(transport);
    if (!message) return {nat_reading::malformed};
    const icmp_type type = message->type();
    if (type == icmp_type::unreachable || type == icmp_type::time_exceeded ||
        type == icmp_type::parameter_problem)
      return read_report(packet, known);
  } else if (is(fields.protocol, v1::ip_protocol::tcp)) {
    const auto segment = tcp_protocol::header_view::of(transport);
    if (!segment) return {nat_reading::malformed};
    known.flow.tcp_flags = segment->flags();
  } else if (is(fields.protocol, v1::ip_protocol::udp)) {
    if (!udp_header::of(transport)) return {nat_reading::malformed};
  } else {
    return {nat_reading::unsupported};
  }
  known.what = read_ports(fields.protocol, transport, known.flow);
  return known;
}

void rewrite_source(bytes packet, const nat_packet& known, const nat_endpoint& to) noexcept {
  rewrite(packet, known, true, to);
}

void rewrite_destination(bytes packet, const nat_packet& known, const nat_endpoint& to) noexcept {
  rewrite(packet, known, false, to);
}

void rewrite_identification(bytes packet, std::uint16_t to) noexcept {
  constexpr std::size_t identification = 4;
  const std::uint16_t before = load_be16(&packet[identification]);
  update_word(packet, header_checksum, before, to);
  store_be16(&packet[identification], to);
}

}  // namespace mirage
