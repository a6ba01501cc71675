// SPDX-License-Identifier: ISC
#include "mirage/ethernet/classify.hpp"

#include "mirage/ethernet/wire.hpp"

namespace mirage {

namespace {

[[nodiscard]] frame_verdict by_type(std::uint16_t type) noexcept {
  switch (type) {
    case ethertype::ipv4: return frame_verdict::ipv4;
    case ethertype::arp: return frame_verdict::arp;
    case ethertype::ipv6: return frame_verdict::ipv6;
    default: return frame_verdict::other_type;
  }
}

}  // namespace

classified_frame classify(cbytes frame, mac_address ours, std::uint16_t vlan) noexcept {
  const auto header = ethernet_header::of(frame);
  if (!header) return {frame_verdict::too_short};
  const mac_address to = header->destination();
  const bool group = to.is_multicast();
  if (!group && to != ours) return {frame_verdict::other_station};
  if (header->source().is_multicast()) return {frame_verdict::bad_source};

  std::uint16_t id = 0;
  std::uint16_t type = header->type();
  std::size_t size = ethernet_header::size;
  if (type == ethertype::vlan) {
    const auto tag = vlan_tag::of(frame.subspan(size));
    if (!tag) return {frame_verdict::too_short};
    id = tag->id();
    type = tag->type();
    size += vlan_tag::size;
  }
  if (id != vlan) return {frame_verdict::other_vlan};
  const frame_verdict verdict = by_type(type);
  if (verdict == frame_verdict::other_type) return {verdict};
  return {verdict, group, size};
}

}  // namespace mirage
