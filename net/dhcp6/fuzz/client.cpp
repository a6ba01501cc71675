// SPDX-License-Identifier: ISC
// Answers of any kind to the client's core, in any of its states, between jumps of the clock: it comes to
// rest, what it believes is usable, and what it sends is well-formed. covers: src/client_core.cpp
// src/configuration.cpp
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "mirage/dhcp6/client_core.hpp"

using namespace mirage;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

struct session {
  explicit session(bool addresses)
      : client({.mac = "02:00:00:00:00:01", .addresses = addresses, .start_delay = {}}, 1) {}

  void pump() {
    for (int actions = 0;; ++actions) {
      check(actions < 8);
      const dhcp6_client_action next = client.poll(now);
      if (next.what == dhcp6_client_action::kind::none) break;
      if (next.what != dhcp6_client_action::kind::send) continue;
      std::array<std::byte, dhcp6_client_core::greatest_message> room;
      const cbytes message = cbytes(room).first(client.emit(next, room));
      const auto read = dhcp6_message::of(message);
      check(read && read->type() == next.type && read->find(dhcp6_option::client_identifier));
      transaction = read->transaction();
    }
    check(client.next_timeout() > now);
    const dhcp6_configuration* got = client.configuration();
    if (got == nullptr) return;
    for (const dhcp6_address& each : got->addresses)
      check(each.preferred <= each.valid && !each.address.is_multicast() && !each.address.is_unspecified());
    check(got->refresh_after >= 600s);
#ifdef MIRAGE_PLANTED_BUG
    check(got->name_servers.empty());
#endif
  }

  // The names and the number of an answer that fits, so that the fuzzer need not guess them.
  void answer(dhcp6_message_type type, cbytes options) {
    std::array<std::byte, 400> room;
    dhcp6_message_writer writer(room, type, transaction);
    const std::array<std::byte, 10> identifier{
        {{}, std::byte{3}, {}, std::byte{1}, std::byte{2}, {}, {}, {}, {}, std::byte{1}}};
    writer.add(dhcp6_option::client_identifier, identifier);
    writer.add(dhcp6_option::server_identifier, as_bytes("server"));
    std::vector<std::byte> message(room.begin(), room.begin() + static_cast<std::ptrdiff_t>(writer.size()));
    message.insert(message.end(), options.begin(), options.end());
    static_cast<void>(client.input(message, now));
  }

  dhcp6_client_core client;
  instant now{1000s};
  std::uint32_t transaction = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  cbytes rest = std::as_bytes(std::span(data, size));
  if (rest.empty()) return 0;
  session on(rest[0] != std::byte{'i'});
  rest = rest.subspan(1);
  on.client.start(on.now);
  on.pump();
  // One byte says what, one how much of it.
  while (rest.size() >= 2) {
    const auto what = std::to_integer<unsigned>(rest[0]);
    const auto amount = std::to_integer<unsigned>(rest[1]);
    rest = rest.subspan(2);
    const cbytes part = rest.first(std::min<std::size_t>(amount, rest.size()));
    if (what % 8 < 3) rest = rest.subspan(part.size());
    switch (what % 8) {
      case 0: on.answer(dhcp6_message_type::advertise, part); break;
      case 1: on.answer(dhcp6_message_type::reply, part); break;
      case 2: static_cast<void>(on.client.input(part, on.now)); break;
      case 3: on.now += amount * 100ms; break;
      case 4: on.now += amount * 100s; break;
      case 5: on.client.conflict(on.now); break;
      case 6: on.client.link_changed(on.now); break;
      case 7:
        on.client.release(on.now);
        on.pump();
        on.client.start(on.now);
        break;
    }
    on.pump();
  }
  return 0;
}
