// SPDX-License-Identifier: ISC
// Zone transfers that come: whatever a primary sends, there is a zone in the end, of the right name and with
// the SOA that was told, or none. The first octet says whether there is a version already; the rest is
// messages with their lengths in front. covers: src/incoming_transfer.cpp
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>

#include "mirage/core/endian.hpp"
#include "mirage/dns/zone_file.hpp"
#include "mirage/dns_server/incoming_transfer.hpp"

using namespace mirage;
using namespace mirage::dns;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

shared<const zone> version_seven() {
  auto made = read_zone("$TTL 60\n@ SOA a b 7 1 1 1 1\na A 192.0.2.1\nb A 192.0.2.2\nc TXT x\n",
                        *name::parse("example."));
  check(made.has_value());
  return *std::move(made);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const name origin = *name::parse("example.");
  incoming_transfer incoming(origin, data[0] % 2 == 1 ? version_seven() : nullptr, nullptr,
                             {.most_octets = 65536});
  std::array<std::byte, 1024> space;
  check(incoming.ask(space, 9, 1) > 0);
  cbytes rest = std::as_bytes(std::span(data, size)).subspan(1);
  auto state = incoming_transfer::state::more;
  while (rest.size() >= 2 && state == incoming_transfer::state::more) {
    const std::size_t length = load_be16(rest.data());
    rest = rest.subspan(2);
    if (length > rest.size()) break;
    state = incoming.input(rest.first(length), 1);
    rest = rest.subspan(length);
  }
  while (state == incoming_transfer::state::building) state = incoming.build(1);
  check((state == incoming_transfer::state::failed) == (incoming.error() != transfer_error::none));
  const auto made = incoming.take();
  if (state != incoming_transfer::state::done) check(made == nullptr);
#ifdef MIRAGE_PLANTED_BUG
  if (made && made->records() > 2) std::abort();
#endif
  if (made) check(made->origin() == origin.view() && made->apex().find(record_type::soa).count() == 1);
  return 0;
}
