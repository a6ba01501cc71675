// SPDX-License-Identifier: ISC
// Messages of any kind to a host with a name on the link, between jumps of the clock: it never answers more
// than its caps allow, what it sends can be read again, and its name stays one label below `local.`.
//
// covers: src/host_records.cpp src/responder_core.cpp
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "mirage/dns/multicast.hpp"
#include "mirage/mdns/responder_core.hpp"

using namespace mirage;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void check_message(cbytes message) {
  check(!message.empty());
  auto reader = dns::message_reader::open(message);
  check(reader.has_value());
  for (auto next = reader->next_record();; next = reader->next_record()) {
    check(next.has_value());
    if (!*next) return;
    check((*next)->owner.view().labels() == 2);
  }
}

template <class What>
void emit(const mdns::responder_core& from, const What& what) {
  std::array<std::byte, mdns::responder_core::longest_message> space{};
  const std::size_t size = from.emit(what, space);
  check_message(cbytes(space).first(size));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::array<ip_address, 3> addresses{"192.168.1.7", "fe80::7", "192.168.1.8"};
  mdns::responder_core host(*dns::name::parse("a.local."), 1);
  instant now{1000s};
  host.set_addresses(std::span(addresses).first(2), now);
  host.start(now);
  cbytes rest = std::as_bytes(std::span(data, size));
  // Two bytes say how, a third one how long.
  while (rest.size() >= 3) {
    const auto how = std::to_integer<unsigned>(rest[0]);
    now += std::to_integer<unsigned>(rest[1]) * 20ms;
    const std::size_t length = std::min<std::size_t>(std::to_integer<std::size_t>(rest[2]), rest.size() - 3);
    const cbytes message = rest.subspan(3, length);
    rest = rest.subspan(3 + length);
    if ((how & 8) != 0) host.set_addresses(std::span(addresses).subspan(how >> 4 & 1, 2), now);
    mdns::direct_reply reply;
    const std::uint16_t from = (how & 1) != 0 ? 40'000 : dns::multicast_port;
    [[maybe_unused]] const auto what = host.input(message, (how & 2) == 0, from, now, reply);
#ifdef MIRAGE_PLANTED_BUG
    check(what != mdns::verdict::conflict);
#endif
    if (reply.which != 0) emit(host, reply);
    if ((how & 4) != 0) host.stop();
    unsigned told = 0;
    for (auto next = host.poll(now); next.what != mdns::responder_core::action::kind::none;
         next = host.poll(now)) {
      emit(host, next);
      check(++told <= 2);
    }
    if ((how & 4) != 0) host.start(now);
  }
  return 0;
}
