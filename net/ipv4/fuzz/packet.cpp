// SPDX-License-Identifier: ISC
// Any bytes as packets, several in a row with time between them: what is handed up is inside of what came, or
// was put together from it, and the memory of reassembly stays under its cap and comes back.
//
// covers: src/examine.cpp src/header_options.cpp ../ip/src/reassembly.cpp
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "mirage/ip/reassembly.hpp"
#include "mirage/ipv4/examine.hpp"
#include "mirage/ipv4/fragments.hpp"
#include "mirage/test/virtual_node.hpp"

using namespace mirage;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

// A fuzzer does not find checksums, nor our addresses.
void make_plausible(std::vector<std::byte>& packet, unsigned how) {
  if (packet.size() < ipv4_header::size) return;
  if ((how & 1) != 0) packet[0] = std::byte{0x45};
  if ((how & 2) != 0) store_be16(&packet[2], static_cast<std::uint16_t>(packet.size()));
  if ((how & 4) != 0) {
    ipv4_address("10.0.0.1").store(&packet[12]);
    ipv4_address("10.0.0.2").store(&packet[16]);
  }
  if (const auto header = ipv4_header::of(packet); header && (how & 8) != 0) {
    store_be16(&packet[10], 0);
    store_be16(&packet[10], checksum::finish(checksum::sum_of(header->header())));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  test::virtual_node node;
  ipv4_routes routes;
  igmp_host groups(1);
  check(routes.add_address("10.0.0.2/24"));
  constexpr std::size_t cap = 200'000;
  ip_reassembly table({.datagrams = 3, .bytes = cap});
  instant now = test::virtual_start;
  cbytes rest = std::as_bytes(std::span(data, size));
  while (rest.size() >= 2) {
    const auto how = std::to_integer<unsigned>(rest[0]);
    const std::size_t length = std::min<std::size_t>(std::to_integer<std::size_t>(rest[1]), rest.size() - 2);
    std::vector<std::byte> packet(rest.begin() + 2, rest.begin() + 2 + static_cast<std::ptrdiff_t>(length));
    rest = rest.subspan(2 + length);
    make_plausible(packet, how);
    now += (how >> 4) * 5s;
    while (table.expire(now)) continue;
    const examined_packet known = examine(packet, false, routes, groups);
    if (known.verdict > packet_verdict::fragment) continue;
    check(known.header >= 20 && known.fields.total_length <= packet.size() &&
          known.header <= known.fields.total_length);
    if (known.verdict == packet_verdict::whole) continue;
    const cbytes all = cbytes(packet).first(known.fields.total_length);
    reassembled whole;
    const auto verdict = table.add(fragment_place_of(known.fields, known.header), all.first(known.header),
                                   all.subspan(known.header), now, whole);
    check(table.memory() <= cap && table.datagrams() <= 3);
    if (verdict == fragment_verdict::complete) {
      check(whole.header >= 20 && !whole.payload.empty());
      check(whole.header_bytes().size() + whole.payload.size() <= ipv4_header::greatest_packet);
#ifdef MIRAGE_PLANTED_BUG
      check(whole.payload.size() < 20);
#endif
    }
  }
  while (table.expire(never)) continue;
  check(table.memory() == 0 && table.datagrams() == 0 && node.buffers.live() == 0);
  return 0;
}
