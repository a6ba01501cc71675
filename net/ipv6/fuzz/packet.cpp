// SPDX-License-Identifier: ISC
// Any bytes as packets, several in a row with time between them: what is handed up is inside of what came, or
// was put together from it, and the memory of reassembly stays under its cap and comes back.
//
// covers: src/examine.cpp src/header_chain.cpp ../ip/src/reassembly.cpp
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "mirage/ip/reassembly.hpp"
#include "mirage/ipv6/examine.hpp"
#include "mirage/ipv6/fragments.hpp"
#include "mirage/ipv6/header_chain.hpp"
#include "mirage/test/virtual_node.hpp"

using namespace mirage;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void check_chain(const header_chain& chain, cbytes packet) {
  check(chain.offset >= ipv6_header::size && chain.offset <= packet.size());
  check(chain.announced_at < packet.size() && chain.pointer < packet.size());
  if (chain.verdict == chain_verdict::fragment) check(chain.offset + fragment_fields::size <= packet.size());
}

// A fuzzer does not find our addresses.
void make_plausible(std::vector<std::byte>& packet, unsigned how) {
  if (packet.size() < ipv6_header::size) return;
  if ((how & 1) != 0) packet[0] = std::byte{0x60};
  if ((how & 2) != 0) store_be16(&packet[4], static_cast<std::uint16_t>(packet.size() - ipv6_header::size));
  if ((how & 4) != 0) {
    ipv6_address("2001:db8::1").store(&packet[8]);
    ipv6_address("2001:db8::2").store(&packet[24]);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  test::virtual_node node;
  own_addresses addresses(ndp_options{.duplicate_detections = 0}, 1);
  group_membership groups(1);
  instant now = test::virtual_start;
  check(addresses.add({.network = "2001:db8::2/64"}, now) &&
        groups.join(ipv6_address("ff02::1"), false, now));
  while (addresses.poll(now)) continue;
  constexpr std::size_t cap = 200'000;
  ip_reassembly table({.datagrams = 3, .bytes = cap});
  cbytes rest = std::as_bytes(std::span(data, size));
  while (rest.size() >= 2) {
    const auto how = std::to_integer<unsigned>(rest[0]);
    const std::size_t length = std::min<std::size_t>(std::to_integer<std::size_t>(rest[1]), rest.size() - 2);
    std::vector<std::byte> packet(rest.begin() + 2, rest.begin() + 2 + static_cast<std::ptrdiff_t>(length));
    rest = rest.subspan(2 + length);
    make_plausible(packet, how);
    now += (how >> 4) * 5s;
    while (table.expire(now)) continue;
    if (examine_ipv6(packet, (how & 8) != 0, addresses, groups) != ipv6_verdict::fine) continue;
    packet.resize(ipv6_header::of(packet)->total_length());
    const header_chain chain = walk_headers(packet);
    check_chain(chain, packet);
    static_cast<void>(may_be_answered_with_error(packet));
    if (chain.verdict != chain_verdict::fragment) continue;
    const fragment_fields fragment = fragment_fields::read(&packet[chain.offset]);
    const std::size_t before = chain.offset + fragment_fields::size;
    reassembled whole;
    const auto verdict = table.add(fragment_place_of(ipv6_header::read(packet.data()), fragment, before),
                                   cbytes(packet).first(before), cbytes(packet).subspan(before), now, whole);
    check(table.memory() <= cap && table.datagrams() <= 3);
    if (verdict != fragment_verdict::complete) continue;
    const std::size_t header = whole.header;
    check(header >= ipv6_header::size + fragment_fields::size && !whole.payload.empty());
    buffer all = std::move(whole.payload);
    all.regain_front(header);
    const std::size_t at = header - fragment_fields::size;
    check_chain(walk_headers(all.view(), std::to_integer<std::uint8_t>(all.view()[at]), header, at, true),
                all.view());
#ifdef MIRAGE_PLANTED_BUG
    check(all.size() < 70);
#endif
  }
  while (table.expire(never)) continue;
  check(table.memory() == 0 && table.datagrams() == 0 && node.buffers.live() == 0);
  return 0;
}
