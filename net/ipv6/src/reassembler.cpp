// SPDX-License-Identifier: ISC
#include "mirage/ipv6/reassembler.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

#include "mirage/core/os.hpp"
#include "mirage/ipv6/fragments.hpp"
#include "mirage/ipv6/wire.hpp"

namespace mirage {

namespace {

ipv6_reassembler::whole packet_of(reassembled& from) {
  const std::size_t before = from.header;
  const std::size_t fragment = before - fragment_fields::size;
  buffer packet = std::move(from.payload);
  packet.regain_front(before);
  if (from.congestion) packet.writable()[1] |= std::byte{0x30};
  const std::uint8_t next = std::to_integer<std::uint8_t>(packet.view()[fragment]);
  const header_chain chain = walk_headers(packet.view(), next, before, fragment, true);
  return {std::move(packet), chain};
}

}  // namespace

ipv6_reassembler::ipv6_reassembler(const reassembly_options& options, ipv6_counters& counters,
                                   ipv6_undeliverable_reports& undeliverable)
    : reassembly_(options),
      counters_(counters),
      undeliverable_(undeliverable),
      timer_([](void* self) noexcept { static_cast<ipv6_reassembler*>(self)->expire(); }, this) {}

std::optional<ipv6_reassembler::whole> ipv6_reassembler::add(const header_chain& chain, cbytes packet,
                                                             bool group) {
  const fragment_fields fragment = fragment_fields::read(&packet[chain.offset]);
  const std::size_t before = chain.offset + fragment_fields::size;
  const fragment_place place = fragment_place_of(ipv6_header::read(packet.data()), fragment, before);
  reassembled done;
  const fragment_verdict verdict =
      reassembly_.add(place, packet.first(before), packet.subspan(before), os::now(), done);
  timer_.set(reassembly_.next_timeout());
  counters_.reassembly_evicted += reassembly_.take_evicted();
  count_fragment(counters_, verdict);
  if (verdict == fragment_verdict::malformed) tell_malformed(place, chain, packet, group);
  if (verdict != fragment_verdict::complete) return std::nullopt;
  return packet_of(done);
}

// §4.5: of a length that no fragment but the last may have, or that makes the packet too long.
void ipv6_reassembler::tell_malformed(const fragment_place& place, const header_chain& chain, cbytes packet,
                                      bool group) noexcept {
  const std::size_t size = packet.size() - chain.offset - fragment_fields::size;
  if (place.offset + size > place.greatest_end)
    undeliverable_.problem(packet, parameter_problem::erroneous_field, chain.offset + 2, false, group);
  else if (place.more && size % 8 != 0)
    undeliverable_.problem(packet, parameter_problem::erroneous_field, 4, false, group);
}

void ipv6_reassembler::expire() noexcept {
  while (const auto late = reassembly_.expire(os::now())) {
    ++counters_.reassembly_time;
    // Only the first fragment tells the sender what it is about (RFC 8200 §4.5).
    if (late->header == 0) continue;
    undeliverable_.reassembly_time(
        {late->payload.data() - late->header, late->header + late->payload.size()});
  }
  timer_.set(reassembly_.next_timeout());
}

}  // namespace mirage
