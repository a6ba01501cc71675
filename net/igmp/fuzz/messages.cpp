// SPDX-License-Identifier: ISC
// Messages, joins, leaves and the passing of time in any order: the core always comes to rest, and what it
// writes can be read.
//
// covers: src/core.cpp src/messages.cpp
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "mirage/checksum.hpp"
#include "mirage/core/endian.hpp"
#include "mirage/igmp/core.hpp"
#include "mirage/test/virtual_node.hpp"

using namespace mirage;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void pump(igmp_host& host, instant now) {
  for (int messages = 0;; ++messages) {
    check(messages < 200);
    const auto next = host.poll(now);
    if (!next) break;
    std::array<std::byte, 8 + 8 * group_report::capacity()> room;
    const std::size_t size = next->emit(room);
    check(size == next->size());
    const igmp_reading read = read_igmp(cbytes(room).first(size));
    const bool is_report = next->type == igmp_type::report_1 || next->type == igmp_type::report_2;
    check(read.kind == (is_report ? igmp_kind::report : igmp_kind::other));
#ifdef MIRAGE_PLANTED_BUG
    check(next->type != igmp_type::leave);
#endif
  }
  check(host.next_timeout() > now);
}

/// A few groups that matter, because a fuzzer does not find them.
ipv4_address pick(unsigned which) {
  constexpr std::array<ipv4_address, 4> groups{"224.0.0.1", "239.1.2.3", "239.1.2.4", "224.0.0.251"};
  return groups[which % groups.size()];
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  instant now = test::virtual_start;
  igmp_host host(1);
  cbytes rest = std::as_bytes(std::span(data, size));
  while (rest.size() >= 4) {
    const auto what = std::to_integer<unsigned>(rest[0]);
    const auto which = std::to_integer<unsigned>(rest[1]);
    const auto wait = std::to_integer<unsigned>(rest[2]);
    const std::size_t length = std::min<std::size_t>(std::to_integer<std::size_t>(rest[3]), rest.size() - 4);
    std::vector<std::byte> message(rest.begin() + 4, rest.begin() + 4 + static_cast<std::ptrdiff_t>(length));
    rest = rest.subspan(4 + length);
    now += wait * wait * 10ms;
    pump(host, now);
    if ((what & 1) != 0 && message.size() >= 8) {
      if ((what & 2) != 0) pick(which >> 2).store(&message[4]);
      store_be16(&message[2], 0);
      store_be16(&message[2], checksum::finish(checksum::sum_of(message)));
    }
    if ((what & 4) != 0) check(host.join(pick(which), now) && host.contains(pick(which)));
    if ((what & 8) != 0) host.leave(pick(which), now);
    static_cast<void>(host.input(
        {pick(which), static_cast<std::uint8_t>(1 + (what >> 4 & 1)), (what & 32) == 0}, message, now));
    pump(host, now);
  }
  return 0;
}
