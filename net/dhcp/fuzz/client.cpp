// SPDX-License-Identifier: ISC
// Answers of any kind to the client's core, in any of its states, between jumps of the clock: it comes to
// rest, what it believes is usable, and what it sends is well-formed. covers: src/client_core.cpp
// src/configuration.cpp src/options.cpp
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "mirage/dhcp/client_core.hpp"
#include "mirage/dhcp/options.hpp"

using namespace mirage;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

struct session {
  dhcp_client_core client{{.mac = "02:00:00:00:00:01", .host_name = "fuzz"}, 1};
  instant now{1000s};
  std::uint32_t transaction = 0;

  void pump() {
    for (int actions = 0;; ++actions) {
      check(actions < 8);
      const dhcp_client_action next = client.poll(now);
      if (next.what == dhcp_client_action::kind::none) break;
      if (next.what != dhcp_client_action::kind::send) continue;
      std::array<std::byte, dhcp_client_core::greatest_message> room;
      const auto message = dhcp_message::of(cbytes(room).first(client.emit(next, room)));
      check(message && dhcp_options::of(*message) && dhcp_options::of(*message)->type() == next.type);
      transaction = next.transaction;
    }
    check(client.next_timeout() > now);
    const dhcp_configuration* got = client.configuration();
    if (got == nullptr) return;
    check(dhcp_options::can_be_host(got->address.address()) && got->address.length() > 0);
    check(got->renew_after < got->rebind_after || got->lease == duration::max());
    check(got->mtu == 0 || got->mtu >= 576);
    check(got->domain.empty() || is_dhcp_name(got->domain));
#ifdef MIRAGE_PLANTED_BUG
    check(got->routes.size() < 2);
#endif
  }

  // The fixed part of an answer that fits, so that the fuzzer need not guess it; the address and the options
  // are the input's.
  void answer(cbytes rest) {
    std::vector<std::byte> message(dhcp_message::options_offset);
    message[0] = std::byte{2};
    message[1] = std::byte{1};
    message[2] = std::byte{6};
    store_be32(&message[4], transaction);
    message[28] = std::byte{2};
    message[33] = std::byte{1};
    store_be32(&message[236], dhcp_message::magic_cookie);
    store_be32(&message[16], 0x0a000064);
    message.insert(message.end(), rest.begin(), rest.end());
    static_cast<void>(client.input(message, now));
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  session on;
  cbytes rest = std::as_bytes(std::span(data, size));
  on.client.start(on.now);
  on.pump();
  // One byte says what, one how much of it.
  while (rest.size() >= 2) {
    const auto what = std::to_integer<unsigned>(rest[0]);
    const auto amount = std::to_integer<unsigned>(rest[1]);
    rest = rest.subspan(2);
    const cbytes part = rest.first(std::min<std::size_t>(amount, rest.size()));
    switch (what % 6) {
      case 0:
        on.answer(part);
        rest = rest.subspan(part.size());
        break;
      case 1:
        static_cast<void>(on.client.input(part, on.now));
        rest = rest.subspan(part.size());
        break;
      case 2: on.now += amount * (what < 128 ? 1s : 1000s); break;
      case 3: on.client.conflict(on.now); break;
      case 4: on.client.link_changed(on.now); break;
      case 5:
        on.client.release(on.now);
        on.pump();
        on.client.start(on.now);
        break;
    }
    on.pump();
  }
  return 0;
}
