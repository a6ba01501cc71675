// SPDX-License-Identifier: ISC
#include "mirage/nat_router/examine.hpp"

#include <utility>

#include "mirage/ipv4/header_options.hpp"

namespace mirage {

namespace {

// RFC 1812 §4.2.2.11, §5.3.7; link-local addresses stay on their link (RFC 3927 §7).
[[nodiscard]] bool may_pass(ipv4_address address) noexcept {
  constexpr ipv4_prefix this_network = "0.0.0.0/8";
  constexpr ipv4_prefix link_local = "169.254.0.0/16";
  constexpr ipv4_address group = "224.0.0.0";
  return !this_network.contains(address) && !address.is_loopback() && !link_local.contains(address) &&
         address < group;
}

}  // namespace

forwarded_packet examine_to_forward(cbytes packet, bool group) noexcept {
  const auto header = ipv4_header::of(packet);
  if (!header) return {forward_verdict::malformed};
  if (!header->is_checksum_right()) return {forward_verdict::bad_checksum};
  switch (check_header_options(header->options())) {
    case header_options_verdict::fine: break;
    case header_options_verdict::malformed: return {forward_verdict::malformed};
    case header_options_verdict::source_routed: return {forward_verdict::source_routed};
  }
  const ipv4_fields fields = header->fields();
  if (group || fields.destination.is_multicast() || fields.destination.is_broadcast())
    return {forward_verdict::not_to_one};
  if (!may_pass(fields.source) || !may_pass(fields.destination)) return {forward_verdict::martian};
  return {forward_verdict::to_one, header->header_size(), fields, header->is_fragment()};
}

void decrement_ttl(bytes packet) noexcept {
  const std::uint16_t before = load_be16(&packet[8]);
  const auto after = static_cast<std::uint16_t>(before - 0x100);
  store_be16(&packet[10], checksum::update(load_be16(&packet[10]), before, after));
  store_be16(&packet[8], after);
}

buffer whole_packet(reassembled&& from) noexcept {
  buffer packet = std::move(from.payload);
  if (from.header == 0 || packet.size() + from.header > ipv4_header::greatest_packet) return {};
  packet.regain_front(from.header);
  const bytes all = packet.writable();
  constexpr unsigned dont_fragment = 0x4000;
  store_be16(&all[2], static_cast<std::uint16_t>(all.size()));
  store_be16(&all[6], static_cast<std::uint16_t>(load_be16(&all[6]) & dont_fragment));
  if (from.congestion) all[1] |= std::byte{3};
  store_be16(&all[10], 0);
  store_be16(&all[10], checksum::finish(checksum::sum_of(all.first(from.header))));
  return packet;
}

}  // namespace mirage
