// SPDX-License-Identifier: ISC
// How a packet leaves by another interface than it came by: RFC 1812 §5.2.6, §4.2.2.7; with what that
// interface has to be asked for because the sender, who saw another one, left it undone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "mirage/core/buffer.hpp"
#include "mirage/core/buffer_list.hpp"
#include "mirage/ipv4/fragments.hpp"
#include "mirage/ipv4/wire.hpp"
#include "mirage/nat_router/segment_cutter.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// `segments_cut_here`: it came as several segments in one, and the device cuts none. `too_long`: for the
/// link, and it must not be cut. `cannot_cut`: it may be, but has options, or is several segments in one.
enum class forward_way : std::uint8_t {
  as_it_is,
  finished_by_device,
  finished_here,
  segments_cut_here,
  too_long,
  cannot_cut
};

struct forward_plan {
  forward_way way = forward_way::as_it_is;
  bool in_fragments = false;  ///< of `as_it_is` and `finished_here`
  std::size_t header = 0;     ///< of IP
  v1::transmit how{};         ///< what the device is asked for, and where the checksum is
  std::uint32_t mtu = 0;
};

/// Of a packet that an interface handed up as `how` says, for one with those capabilities. `was_cut`: it came
/// in fragments, and may leave in fragments whatever its header says.
[[nodiscard]] forward_plan plan_forward(cbytes packet, const v1::received& how,
                                        const v1::capabilities& device, bool was_cut) noexcept;

/// Does what is to be done before the packet is handed down: its checksum, or that of the pseudo-header.
void prepare_to_forward(bytes packet, const forward_plan& plan) noexcept;

/// As one packet.
template <class Ipv4>
result<void, v1::net_error> forward_whole(Ipv4& by, const buffer& packet, const forward_plan& plan) {
  const bool asked = plan.way == forward_way::finished_by_device;
  const v1::transmit how = asked ? plan.how : v1::transmit{};
  auto fill = [&](bytes to) noexcept {
    if (how.header != 0) std::memcpy(to.data(), packet.data(), how.header);
    return how.header;
  };
  buffer_list rest;
  if (packet.size() > how.header) rest.push_back(packet.slice(how.header, packet.size() - how.header));
  return by.write_packet(ipv4_header::read(packet.data()).destination, how, fill, std::move(rest));
}

/// As the segments that it is made of.
template <class Ipv4>
result<void, v1::net_error> forward_segments(Ipv4& by, const buffer& packet, const forward_plan& plan) {
  const ipv4_address destination = ipv4_header::read(packet.data()).destination;
  const segment_cutter cuts(packet.view(), plan.how);
  for (std::size_t i = 0; i < cuts.count(); ++i) {
    auto fill = [&](bytes to) noexcept { return cuts.write_headers(i, to); };
    buffer_list slice;
    if (cuts.length(i) != 0) slice.push_back(packet.slice(cuts.offset(i), cuts.length(i)));
    const v1::transmit how{.header = plan.how.header};
    auto sent = by.write_packet(destination, how, fill, std::move(slice));
    if (!sent) return sent;
  }
  return {};
}

template <class Ipv4>
result<void, v1::net_error> forward_fragments(Ipv4& by, const buffer& packet, const forward_plan& plan) {
  const ipv4_fields fields = ipv4_header::read(packet.data());
  const buffer payload = packet.slice(ipv4_header::size, packet.size());
  const fragment_plan cuts(payload.size(), plan.mtu);
  for (std::size_t i = 0; i < cuts.count(); ++i) {
    ipv4_fields part = cuts.fields(i, fields);
    part.total_length = static_cast<std::uint16_t>(ipv4_header::size + cuts.length(i));
    auto fill = [&](bytes to) noexcept {
      ipv4_header::write(to, part);
      return ipv4_header::size;
    };
    buffer_list slice;
    slice.push_back(payload.slice(part.fragment_offset, cuts.length(i)));
    const v1::transmit how{.header = ipv4_header::size};
    auto sent = by.write_packet(fields.destination, how, fill, std::move(slice));
    if (!sent) return sent;
  }
  return {};
}

/// Sends the packet, whose only reference it is, to where its header says. Of a packet in pieces the first
/// that finds no room is the error.
template <class Ipv4>
result<void, v1::net_error> forward_packet(Ipv4& by, buffer&& packet, const forward_plan& plan) {
  prepare_to_forward(packet.writable(), plan);
  if (plan.in_fragments) return forward_fragments(by, packet, plan);
  if (plan.way == forward_way::segments_cut_here) return forward_segments(by, packet, plan);
  return forward_whole(by, packet, plan);
}

}  // namespace mirage
