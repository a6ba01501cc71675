// SPDX-License-Identifier: ISC
#include "mirage/nat_router/forward.hpp"

#include "mirage/checksum.hpp"
#include "mirage/tcp/wire.hpp"
#include "mirage/udp/wire.hpp"

namespace mirage {

namespace {

[[nodiscard]] constexpr bool is(std::uint8_t protocol, v1::ip_protocol which) noexcept {
  return protocol == static_cast<std::uint8_t>(which);
}

// What is asked of a device for TCP or UDP; no checksum offset for anything else.
[[nodiscard]] v1::transmit request_for(cbytes packet, std::size_t header, std::uint8_t protocol) noexcept {
  v1::transmit how{.header = header, .checksum_start = static_cast<std::uint16_t>(header)};
  if (is(protocol, v1::ip_protocol::tcp)) {
    const auto segment = tcp_protocol::header_view::of(packet.subspan(header));
    if (!segment) return {};
    how.header += segment->size();
    how.checksum_offset = tcp_protocol::checksum_offset;
    how.kind = v1::transmit::cut::tcp4;
  } else if (is(protocol, v1::ip_protocol::udp) && packet.size() >= header + udp_header::size) {
    how.header += udp_header::size;
    how.checksum_offset = udp_header::checksum_offset;
    how.kind = v1::transmit::cut::udp;
  }
  return how;
}

[[nodiscard]] bool can_cut_segments(const v1::capabilities& device, const v1::transmit& how,
                                    std::size_t payload) noexcept {
  const std::uint32_t most =
      how.kind == v1::transmit::cut::udp ? device.datagram_bytes : device.segment_bytes;
  return device.transmit_checksum && payload <= most;
}

}  // namespace

forward_plan plan_forward(cbytes packet, const v1::received& how, const v1::capabilities& device,
                          bool was_cut) noexcept {
  const ipv4_fields fields = ipv4_header::read(packet.data());
  forward_plan plan{.header = 4 * (std::to_integer<std::size_t>(packet[0]) & 15), .mtu = device.mtu};
  plan.how = request_for(packet, plan.header, fields.protocol);
  const bool unfinished = (how.checksum_verified || how.segment != 0) && plan.how.checksum_offset != 0;
  const auto decided = [&](forward_way way) {
    plan.way = way;
    return plan;
  };
  const std::size_t on_the_wire = how.segment != 0 ? plan.how.header + how.segment : packet.size();
  if (on_the_wire > device.mtu) {
    if (fields.dont_fragment && !was_cut) return decided(forward_way::too_long);
    if (how.segment != 0 || plan.header != ipv4_header::size) return decided(forward_way::cannot_cut);
    plan.in_fragments = true;
  }
  if (how.segment != 0) {
    if (!unfinished) return decided(forward_way::cannot_cut);
    plan.how.segment = how.segment;
    if (!can_cut_segments(device, plan.how, packet.size() - plan.how.header))
      return decided(forward_way::segments_cut_here);
  } else {
    plan.how.kind = v1::transmit::cut::none;
  }
  if (unfinished)
    plan.way = device.transmit_checksum && !plan.in_fragments ? forward_way::finished_by_device
                                                              : forward_way::finished_here;
  return plan;
}

void prepare_to_forward(bytes packet, const forward_plan& plan) noexcept {
  if (plan.way == forward_way::as_it_is || plan.way == forward_way::segments_cut_here) return;
  const ipv4_fields fields = ipv4_header::read(packet.data());
  const bytes transport = packet.subspan(plan.header);
  const std::uint16_t pseudo_header = checksum::pseudo_header(
      fields.source, fields.destination, fields.protocol, static_cast<std::uint32_t>(transport.size()));
  std::byte* const field = &transport[plan.how.checksum_offset];
  store_be16(field, pseudo_header);
  if (plan.way == forward_way::finished_by_device) return;
  const std::uint16_t sum = checksum::sum_of(transport);
  store_be16(field, is(fields.protocol, v1::ip_protocol::udp) ? checksum::finish_not_zero(sum)
                                                              : checksum::finish(sum));
}

}  // namespace mirage
