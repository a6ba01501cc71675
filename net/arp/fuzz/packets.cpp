// SPDX-License-Identifier: ISC
// Packets, questions and the passing of time in any order: the core always comes to rest, asks for nothing
// more often than it may, and knows no more neighbours than its cap. covers: src/core.cpp
// src/neighbour_table.cpp src/address_claims.cpp
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "mirage/arp/core.hpp"
#include "mirage/test/virtual_node.hpp"

using namespace mirage;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void pump(arp_core& core, instant now) {
  for (int actions = 0;; ++actions) {
    check(actions < 100);
    const arp_action next = core.poll(now);
    if (next.what == arp_action::kind::none) break;
    if (next.what != arp_action::kind::send) continue;
    std::array<std::byte, arp_packet::size> packet;
    check(core.emit(next, packet) == arp_packet::size && arp_packet::of(packet).has_value());
#ifdef MIRAGE_PLANTED_BUG
    check(next.operation != arp_operation::reply);
#endif
  }
  check(core.next_timeout() > now);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  test::virtual_node node;
  arp_core core("02:00:00:00:00:01", {.neighbours = 8, .addresses = 3}, 1);
  instant now = test::virtual_start;
  check(core.add("10.0.0.1", false, now) && core.add("10.0.0.2", true, now));
  cbytes rest = std::as_bytes(std::span(data, size));
  // One byte says what, one how much of it.
  while (rest.size() >= 2) {
    const auto what = std::to_integer<unsigned>(rest[0]);
    const auto amount = std::to_integer<unsigned>(rest[1]);
    rest = rest.subspan(2);
    switch (what % 4) {
      case 0: {
        const std::size_t length = std::min<std::size_t>(amount, rest.size());
        static_cast<void>(core.input(rest.first(length), now));
        rest = rest.subspan(length);
        break;
      }
      case 1: static_cast<void>(core.lookup(ipv4_address(0x0a000000 + amount), now)); break;
      case 2: now += amount * 50ms; break;
      case 3:
        if (amount % 2 == 0)
          core.remove(ipv4_address(0x0a000000 + amount / 2 % 4));
        else
          static_cast<void>(core.add(ipv4_address(0x0a000000 + amount / 2 % 4), amount % 4 == 1, now));
        break;
    }
    pump(core, now);
  }
  return 0;
}
