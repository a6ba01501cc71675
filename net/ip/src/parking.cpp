// SPDX-License-Identifier: ISC
#include "mirage/ip/parking.hpp"

#include <algorithm>

namespace mirage {

bool is_too_long(const v1::capabilities& device, const v1::transmit& how, std::size_t size) noexcept {
  if (how.segment == 0) return size > device.mtu;
  const bool datagrams = how.kind == v1::transmit::cut::udp;
  return size > 65535 || (datagrams ? device.datagram_bytes : device.segment_bytes) == 0;
}

bool packet_parking::has_room(const ip_address& next_hop, std::size_t size) const noexcept {
  std::size_t packets = 0;
  std::size_t bytes = size;
  for (const parked& one : waiting_) {
    if (one.next_hop != next_hop) continue;
    ++packets;
    bytes += one.packet.size();
  }
  return packets < most_packets_ - waiting_.size() && bytes <= most_bytes_ - bytes_;
}

bool packet_parking::park(ip_address next_hop, const v1::transmit& how, any_fill fill,
                          const buffer_list& slices) {
  const std::size_t size = how.header + total_size(slices);
  if (!has_room(next_hop, size)) return false;
  buffer packet = buffer::allocate(size);
  if (!packet) return false;
  const std::size_t filled = fill(packet.writable().first(how.header));
  auto to = packet.writable().begin() + static_cast<std::ptrdiff_t>(filled);
  for (const buffer& slice : slices) to = std::ranges::copy(slice.view(), to).out;
  packet.truncate(filled + total_size(slices));
  bytes_ += packet.size();
  waiting_.push_back({next_hop, how, std::move(packet)});
  waiting_.back().how.header = waiting_.back().packet.size();
  return true;
}

}  // namespace mirage
