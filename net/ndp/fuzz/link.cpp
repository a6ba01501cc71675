// SPDX-License-Identifier: ISC
// Messages, questions and the passing of time in any order: the core always comes to rest, what it writes can
// be read, and no table grows beyond its cap.
//
// covers: src/core.cpp src/messages.cpp src/neighbour_cache.cpp src/own_addresses.cpp src/first_hops.cpp
// src/mld.cpp
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "mirage/ndp/core.hpp"
#include "mirage/ndp/mld.hpp"
#include "mirage/test/virtual_node.hpp"

using namespace mirage;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void pump(ndp_core& core, instant now) {
  for (int actions = 0;; ++actions) {
    check(actions < 200);
    const ndp_action next = core.poll(now);
    if (!next) break;
    std::array<std::byte, greatest_ndp_message> room;
    const std::size_t size = core.emit(next, room);
    const ndp_header header{next.source, next.destination, 255};
    const cbytes message = cbytes(room).first(size);
    if (next.what == ndp_action::kind::solicit_neighbour)
      check(read_neighbour_solicitation(header, message).has_value());
    if (next.what == ndp_action::kind::advertise) {
      check(read_neighbour_advertisement(header, message).has_value());
#ifdef MIRAGE_PLANTED_BUG
      check(!next.solicited);
#endif
    }
  }
  check(core.next_timeout() > now);
  check(core.addresses().all().size() <= own_addresses::most);
  check(core.hops().told_routes() <= first_hops::most_told_routes);
}

/// A few addresses that matter, because a fuzzer does not find them.
ipv6_address pick(unsigned which) {
  constexpr std::array<ipv6_address, 8> addresses{"2001:db8::1", "fe80::1", "fe80::2", "2001:db8::2",
                                                  "::",          "ff02::1", "fe80::3", "ff02::1:ff00:1"};
  return addresses[which % addresses.size()];
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  test::virtual_node node;
  instant now = test::virtual_start;
  ndp_core core("02:00:00:00:00:01", 1500, {.neighbours = 4, .redirects = 4}, {}, 1);
  group_membership groups(1);
  check(core.add_address("2001:db8::1/64", now));
  core.start(now);
  check(groups.join(ipv6_address("ff0e::1"), true, now));
  pump(core, now);
  cbytes rest = std::as_bytes(std::span(data, size));
  while (rest.size() >= 4) {
    const auto what = std::to_integer<unsigned>(rest[0]);
    const auto from_to = std::to_integer<unsigned>(rest[1]);
    const auto wait = std::to_integer<unsigned>(rest[2]);
    const std::size_t length = std::min<std::size_t>(std::to_integer<std::size_t>(rest[3]), rest.size() - 4);
    std::vector<std::byte> message(rest.begin() + 4, rest.begin() + 4 + static_cast<std::ptrdiff_t>(length));
    rest = rest.subspan(4 + length);
    now += wait * wait * 10ms;
    pump(core, now);
    const bool query = !message.empty() && message[0] == std::byte{130};
    const ndp_header header{pick(from_to), pick(from_to >> 4), static_cast<std::uint8_t>(query ? 1 : 255)};
    if ((what & 1) != 0 && message.size() >= 8) {
      store_be16(&message[2], 0);
      icmpv6_header::finish(message, header.source, header.destination);
    }
    if ((what & 2) != 0) {
      constexpr ipv6_address elsewhere = "2001:db8:9::1";
      const ipv6_address destination = (what & 4) != 0 ? elsewhere : pick(what >> 4);
      if (destination.is_multicast() || destination.is_unspecified()) continue;
      if (const auto hop = core.first_hop(destination, now)) static_cast<void>(core.lookup(*hop, now));
    } else if (query) {
      if (const auto asked = read_group_query(header, message))
        groups.queried(asked->group, asked->response_time, now);
      for (int reports = 0; const auto report = groups.poll(now); ++reports)
        check(reports < 10 && !report->empty());
    } else {
      static_cast<void>(core.input(header, message, now));
    }
    pump(core, now);
  }
  return 0;
}
