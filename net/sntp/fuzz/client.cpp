// SPDX-License-Identifier: ISC
// Answers of any kind to the client's core between jumps of the clock: it comes to rest, never asks more
// often than it may, and takes nothing that does not know its question. covers: src/client_core.cpp
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "mirage/sntp/client_core.hpp"

using namespace mirage;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

struct session {
  sntp_client_core client{{}, 2, 1};
  instant now{1000s};
  instant asked{};
  ntp_timestamp cookie{};

  void pump() {
    for (int actions = 0;; ++actions) {
      check(actions < 8);
      const sntp_action next = client.poll(now);
      if (next.what == sntp_action::kind::none) break;
      if (next.what == sntp_action::kind::corrected) check(client.best().has_value());
      if (next.what != sntp_action::kind::ask) continue;
      cookie = next.cookie;
      asked = now;
      check(client.server() < 2);
    }
    check(client.next_timeout() > now);
  }

  void give(cbytes message, bool with_cookie) {
    std::array<std::byte, 64> made{};
    const std::size_t size = std::min(message.size(), made.size());
    std::copy_n(message.begin(), size, made.begin());
    if (with_cookie) cookie.store(&made[24]);
    const auto verdict = client.input(cbytes(made).first(size), now);
    if (verdict != sntp_client_core::verdict::taken) return;
    check(with_cookie || ntp_message::of(made)->origin() == cookie);
    const auto best = client.best();
    check(best && best->round_trip >= duration::zero() && best->round_trip <= 1s && best->error < 1500ms);
#ifdef MIRAGE_PLANTED_BUG
    check(best->stratum != 7);
#endif
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
    if (what % 4 < 2) {
      const cbytes part = rest.first(std::min<std::size_t>(amount, rest.size()));
      rest = rest.subspan(part.size());
      on.give(part, what % 4 == 0);
    } else {
      on.now += amount * (what % 4 == 2 ? duration(10ms) : duration(20s));
    }
    on.pump();
  }
  return 0;
}
