// SPDX-License-Identifier: ISC
#include "mirage/icmpv6/read.hpp"

#include "mirage/ipv6/header_chain.hpp"
#include "mirage/ndp/icmpv6.hpp"

namespace mirage {

namespace {

using report = v1::icmp_report<ipv6_address>;
constexpr std::uint8_t first_informational = 128;

[[nodiscard]] report::kind kind_of(const icmpv6_header& header) noexcept {
  constexpr std::uint8_t port_unreachable = 4;
  constexpr auto unknown_header = static_cast<std::uint8_t>(parameter_problem::unknown_header);
  switch (header.type()) {
    case icmpv6_type::packet_too_big: return report::kind::too_long;
    case icmpv6_type::time_exceeded: return report::kind::expired;
    case icmpv6_type::unreachable:
      return header.code() == port_unreachable ? report::kind::port_unreachable : report::kind::unreachable;
    case icmpv6_type::parameter_problem:
      return header.code() == unknown_header ? report::kind::port_unreachable : report::kind::unreachable;
    default: return report::kind::unreachable;
  }
}

// Of the packet that is told of: its headers, and where what is above them begins. It may be cut off
// somewhere, so its length is not looked at.
[[nodiscard]] icmpv6_reading read_told_packet(cbytes packet, report::kind what) noexcept {
  constexpr std::size_t least = 8;
  if (packet.size() < ipv6_header::size || std::to_integer<unsigned>(packet[0]) >> 4 != 6)
    return {icmpv6_kind::malformed};
  const ipv6_fields fields = ipv6_header::read(packet.data());
  header_chain chain = walk_headers(packet);
  if (chain.verdict == chain_verdict::fragment) {
    // Only the first one tells of which flow it is.
    const fragment_fields fragment = fragment_fields::read(&packet[chain.offset]);
    if (fragment.offset != 0) return {icmpv6_kind::ignored};
    const std::size_t behind = chain.offset + fragment_fields::size;
    chain = walk_headers(packet, fragment.next_header, behind, chain.offset, true);
  }
  if (chain.verdict != chain_verdict::upper_layer || packet.size() < chain.offset + least)
    return {icmpv6_kind::malformed};
  report made;
  made.what = what;
  made.about.source = fields.source;
  made.about.destination = fields.destination;
  made.about.protocol = static_cast<v1::ip_protocol>(chain.protocol);
  made.about.ttl = fields.hop_limit;
  made.about.traffic_class = fields.traffic_class;
  made.quoted = packet.subspan(chain.offset);
  return {.kind = icmpv6_kind::report, .report = made};
}

[[nodiscard]] icmpv6_reading read_report(const icmpv6_header& header, cbytes quoted) noexcept {
  icmpv6_reading read = read_told_packet(quoted, kind_of(header));
  if (read.report.what == report::kind::too_long) read.report.mtu = header.word();
  return read;
}

}  // namespace

icmpv6_reading read_undelivered_ipv6(cbytes packet) noexcept {
  return read_told_packet(packet, report::kind::unreachable);
}

icmpv6_reading read_icmpv6(const v1::ip_header<ipv6_address>& from, cbytes message) noexcept {
  const auto header = icmpv6_header::of(message);
  if (!header) return {icmpv6_kind::malformed};
  if (!icmpv6_header::is_checksum_right(message, from.source, from.destination))
    return {icmpv6_kind::bad_checksum};
  switch (header->type()) {
    case icmpv6_type::echo_request:
    case icmpv6_type::echo_reply:
      return {.kind = header->type() == icmpv6_type::echo_request ? icmpv6_kind::echo_request
                                                                  : icmpv6_kind::echo_reply,
              .identifier = header->identifier(),
              .sequence = header->sequence(),
              .checksum = header->checksum()};
    default: break;
  }
  if (static_cast<std::uint8_t>(header->type()) >= first_informational) return {icmpv6_kind::ignored};
  return read_report(*header, message.subspan(icmpv6_header::size));
}

}  // namespace mirage
