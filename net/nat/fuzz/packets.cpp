// SPDX-License-Identifier: ISC
// Packets of any kind from both sides through a small NAT, between jumps of the clock: what was translated
// has right checksums and is still a packet of the same kind, what comes in is for a host inside, nothing
// that goes out names one, and the table stays under its cap.
//
// covers: src/nat.cpp src/table.cpp src/packet.cpp
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "../test/packets.hpp"
#include "mirage/nat.hpp"
#include "mirage/test/virtual_node.hpp"

using namespace mirage;

namespace {

constexpr ipv4_address outside = "203.0.113.5";
constexpr std::size_t most_sessions = 4;
constexpr std::uint8_t protocols[4] = {1, 6, 17, 47};

void check(bool holds) {
  if (!holds) std::abort();
}

bool is_inside(ipv4_address address) { return ipv4_prefix("192.168.1.0/24").contains(address); }

// A fuzzer finds neither addresses nor checksums. `how` chooses among a few hosts and remote ends and says
// what is mended.
void make_plausible(std::vector<std::byte>& packet, unsigned how, bool from_inside) {
  packet[0] = std::byte{0x45};
  packet[6] &= std::byte{0x40};
  packet[7] = {};
  store_be16(&packet[2], static_cast<std::uint16_t>(packet.size()));
  const ipv4_address host(0xc0a80100 + (how & 1));
  const ipv4_address remote((how & 2) != 0 ? 0xc6336407 : 0xc6336408);
  (from_inside ? host : remote).store(&packet[12]);
  ((how & 4) != 0 || !from_inside ? outside : remote).store(&packet[16]);
  store_be16(&packet[10], 0);
  store_be16(&packet[10], checksum::finish(checksum::sum_of(cbytes(packet).first(ipv4_header::size))));
}

// So that both sides speak about the same few ports.
void make_plausible_payload(std::vector<std::byte>& packet, unsigned how, bool from_inside) {
  const bytes payload = bytes(packet).subspan(ipv4_header::size);
  const auto protocol = std::to_integer<unsigned>(packet[9]);
  if (payload.size() < 28 || (how & 8) == 0) return;
  const ipv4_fields fields = ipv4_header::read(packet.data());
  std::uint16_t sum = 0;
  std::size_t field = 2;
  if (protocol != 1) {
    payload[0] = payload[2] = {};
    payload[1] &= std::byte{3};
    payload[3] &= std::byte{3};
    if (protocol == 6) payload[12] = std::byte{0x50};
    if (protocol == 17) store_be16(&payload[4], static_cast<std::uint16_t>(payload.size()));
    sum = checksum::pseudo_header(fields.source, fields.destination, fields.protocol,
                                  static_cast<std::uint32_t>(payload.size()));
    field = protocol == 6 ? 16 : 6;
  } else if (std::to_integer<unsigned>(payload[0]) % 8 == 0) {
    payload[1] = payload[4] = {};
    payload[5] &= std::byte{3};
  } else {
    // The quoted packet went the other way.
    constexpr std::uint8_t types[4] = {3, 11, 12, 5};
    payload[0] = std::byte{types[std::to_integer<unsigned>(payload[0]) % 4]};
    payload[17] = std::byte{protocols[std::to_integer<unsigned>(payload[17]) % 4]};
    payload[8] = std::byte{0x45};
    payload[14] = payload[15] = {};
    (from_inside ? fields.destination : outside).store(&payload[20]);
    fields.source.store(&payload[24]);
    if (payload.size() >= 32) {
      payload[28] = payload[30] = {};
      payload[29] &= std::byte{3};
      payload[31] &= std::byte{3};
    }
    store_be16(&payload[18], 0);
    store_be16(&payload[18], checksum::finish(checksum::sum_of(payload.subspan(8, 20))));
  }
  store_be16(&payload[field], 0);
  sum = checksum::add(sum, checksum::sum_of(payload));
  store_be16(&payload[field], protocol == 17 ? checksum::finish_not_zero(sum) : checksum::finish(sum));
}

// Of a quoted packet only the header is checked: its payload is the fuzzer's.
bool is_right(cbytes packet) {
  const auto header = ipv4_header::of(packet);
  return header && header->is_checksum_right() && header->total_length() == packet.size();
}

struct session {
  test::virtual_node node;
  nat translator{outside, {.sessions = most_sessions}};
  instant now = test::virtual_start;

  void give(std::vector<std::byte> packet, bool from_inside) {
    const bool was_sound = test::is_sound(packet);
    const std::byte protocol = packet[9];
    const nat_translation how =
        from_inside ? translator.outbound(packet, now) : translator.inbound(packet, now);
    check(translator.table().sessions() <= most_sessions);
    check(translator.table().mappings() <= most_sessions + 1);
    if (how.verdict != nat_verdict::translated) return;
    translator.apply(packet, how);
    check(is_right(packet) && packet[9] == protocol);
    check(!was_sound || test::is_sound(packet));
    const ipv4_fields fields = ipv4_header::read(packet.data());
    check(from_inside ? fields.source == outside : is_inside(fields.destination));
#ifdef MIRAGE_PLANTED_BUG
    check(how.known.what != nat_reading::report || from_inside);
#endif
    if (from_inside && fields.destination == outside) give(std::move(packet), false);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  session on;
  check(on.translator.forward({nat_protocol::tcp, 3, {"192.168.1.1", 2}}));
  cbytes rest = std::as_bytes(std::span(data, size));
  // Two bytes say how, a third one how long.
  while (rest.size() >= 3) {
    const auto how = std::to_integer<unsigned>(rest[0]);
    const auto protocol = std::to_integer<unsigned>(rest[1]);
    const std::size_t length = std::min<std::size_t>(std::to_integer<std::size_t>(rest[2]), rest.size() - 3);
    std::vector<std::byte> packet(ipv4_header::size);
    packet.insert(packet.end(), rest.begin() + 3, rest.begin() + 3 + static_cast<std::ptrdiff_t>(length));
    rest = rest.subspan(3 + length);
    if ((how & 0x80) != 0) on.now += 50s;
    const bool from_inside = (how & 16) != 0;
    packet[9] = std::byte{protocols[protocol % 4]};
    packet[6] = std::byte{static_cast<std::uint8_t>(protocol & 0x40)};
    make_plausible(packet, how, from_inside);
    make_plausible_payload(packet, how, from_inside);
    on.give(std::move(packet), from_inside);
  }
  return 0;
}
