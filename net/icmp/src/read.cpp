// SPDX-License-Identifier: ISC
#include "mirage/icmp/read.hpp"

#include "mirage/ipv4/wire.hpp"

namespace mirage {

namespace {

using report = v1::icmp_report<ipv4_address>;

[[nodiscard]] report::kind kind_of(const icmp_header& header) noexcept {
  constexpr std::uint8_t protocol = 2;
  constexpr std::uint8_t port = 3;
  constexpr std::uint8_t fragmentation_needed = 4;
  if (header.type() == icmp_type::time_exceeded) return report::kind::expired;
  if (header.type() == icmp_type::parameter_problem) return report::kind::unreachable;
  switch (header.code()) {
    case protocol:
    case port: return report::kind::port_unreachable;
    case fragmentation_needed: return report::kind::too_long;
    default: return report::kind::unreachable;
  }
}

// Of the packet that is told of. It may be cut off anywhere behind its first 8 bytes, so its length is not
// looked at.
[[nodiscard]] icmp_reading read_told_packet(cbytes packet, report::kind what) noexcept {
  constexpr std::size_t least = 8;
  if (packet.size() < ipv4_header::size) return {icmp_kind::malformed};
  const auto first = std::to_integer<std::size_t>(packet[0]);
  const std::size_t header_size = 4 * (first & 15);
  if (first >> 4 != 4 || header_size < ipv4_header::size || packet.size() < header_size + least)
    return {icmp_kind::malformed};
  const ipv4_fields fields = ipv4_header::read(packet.data());
  if (fields.fragment_offset != 0) return {icmp_kind::ignored};
  report made;
  made.what = what;
  made.about.source = fields.source;
  made.about.destination = fields.destination;
  made.about.protocol = static_cast<v1::ip_protocol>(fields.protocol);
  made.about.ttl = fields.ttl;
  made.about.traffic_class = fields.traffic_class;
  made.about.dont_fragment = fields.dont_fragment;
  made.quoted = packet.subspan(header_size);
  return {.kind = icmp_kind::report, .report = made};
}

[[nodiscard]] icmp_reading read_report(const icmp_header& header, cbytes quoted) noexcept {
  icmp_reading read = read_told_packet(quoted, kind_of(header));
  if (read.report.what == report::kind::too_long) read.report.mtu = header.next_hop_mtu();
  return read;
}

}  // namespace

icmp_reading read_undelivered_ipv4(cbytes packet) noexcept {
  return read_told_packet(packet, report::kind::unreachable);
}

icmp_reading read_icmp(cbytes message) noexcept {
  const auto header = icmp_header::of(message);
  if (!header) return {icmp_kind::malformed};
  if (checksum::sum_of(message) != checksum::verified) return {icmp_kind::bad_checksum};
  switch (header->type()) {
    case icmp_type::echo_request:
    case icmp_type::echo_reply:
      return {
          .kind = header->type() == icmp_type::echo_request ? icmp_kind::echo_request : icmp_kind::echo_reply,
          .identifier = header->identifier(),
          .sequence = header->sequence(),
          .checksum = header->checksum()};
    case icmp_type::unreachable:
    case icmp_type::time_exceeded:
    case icmp_type::parameter_problem: return read_report(*header, message.subspan(icmp_header::size));
    default: return {icmp_kind::ignored};
  }
}

}  // namespace mirage
