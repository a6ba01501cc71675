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

// The quoted packet is cut off anywhere behind its first 8 bytes, so its length is not looked at.
[[nodiscard]] icmp_reading read_report(const icmp_header& header, cbytes quoted) noexcept {
  constexpr std::size_t least = 8;
  if (quoted.size() < ipv4_header::size) return {icmp_kind::malformed};
  const auto first = std::to_integer<std::size_t>(quoted[0]);
  const std::size_t header_size = 4 * (first & 15);
  if (first >> 4 != 4 || header_size < ipv4_header::size || quoted.size() < header_size + least)
    return {icmp_kind::malformed};
  const ipv4_fields fields = ipv4_header::read(quoted.data());
  report made;
  made.what = kind_of(header);
  made.about.source = fields.source;
  made.about.destination = fields.destination;
  made.about.protocol = static_cast<v1::ip_protocol>(fields.protocol);
  made.about.ttl = fields.ttl;
  made.about.traffic_class = fields.traffic_class;
  made.about.dont_fragment = fields.dont_fragment;
  made.quoted = quoted.subspan(header_size);
  if (made.what == report::kind::too_long) made.mtu = header.next_hop_mtu();
  return {.kind = icmp_kind::report, .report = made};
}

}  // namespace

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
