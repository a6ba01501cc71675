// SPDX-License-Identifier: ISC
// Requests of any kind to the server's core between jumps of the clock: an address has one client at most,
// and every answer is well-formed and goes where answers may go. covers: src/server_core.cpp
// src/lease_table.cpp src/message_writer.cpp
#include <array>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "mirage/dhcp/options.hpp"
#include "mirage/dhcp/server_core.hpp"
#include "mirage/test/virtual_node.hpp"

using namespace mirage;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

const dhcp_server_options served{
    .address = "10.0.0.1",
    .networks = {{.network = ipv4_prefix("10.0.0.0/24"),
                  .first = "10.0.0.100",
                  .last = "10.0.0.103",
                  .routers = {ipv4_address("10.0.0.1")},
                  .routes = {{ipv4_prefix("10.9.0.0/16"), "10.0.0.9"}},
                  .domain = "example.org"},
                 {.network = ipv4_prefix("10.1.0.0/16"), .first = "10.1.0.1", .last = "10.1.0.2"}},
    .reservations = {{.mac = "02:00:00:00:00:01", .address = "10.0.0.5", .host_name = "one"}},
    .leases = 8};

void handle(dhcp_server_core& server, cbytes message, instant now) {
  const auto outcome = server.input(message, now);
  check(server.taken(now) <= 7);
  if (!outcome.answer) return;
  std::array<std::byte, dhcp_server_core::greatest_message> room;
  const cbytes answer = cbytes(room).first(server.emit(*outcome.answer, message, room));
  const auto read = dhcp_message::of(answer);
  check(read && read->operation() == dhcp_operation::reply);
  const auto options = dhcp_options::of(*read);
  check(options && options->type() == outcome.answer->type);
  const ipv4_address to = outcome.answer->to.address.v4();
  check(to.is_broadcast() || ipv4_prefix("10.0.0.0/15").contains(to));
#ifdef MIRAGE_PLANTED_BUG
  check(outcome.answer->type != dhcp_message_type::nak);
#endif
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  test::virtual_node node;
  dhcp_server_core server(served);
  instant now = test::virtual_start;
  cbytes rest = std::as_bytes(std::span(data, size));
  // What to do, the client's last byte, its address's, the relay's network, the length of the options; then
  // these.
  while (rest.size() >= 5) {
    const auto byte = [&](std::size_t at) { return std::to_integer<std::uint32_t>(rest[at]); };
    const cbytes part = rest.subspan(5, std::min<std::size_t>(byte(4), rest.size() - 5));
    switch (byte(0) % 4) {
      case 0: handle(server, part, now); break;
      case 1: now += byte(1) * 10s; break;
      default: {
        std::vector<std::byte> message(dhcp_message::options_offset);
        message[0] = message[1] = std::byte{1};
        message[2] = std::byte{6};
        message[28] = std::byte{2};
        message[33] = rest[1];
        if (byte(2) != 0) store_be32(&message[12], 0x0a000000 + byte(2));
        if (byte(3) % 3 != 0) store_be32(&message[24], 0x0a000000 + (byte(3) % 3 - 1) * 0x10000 + 1);
        store_be32(&message[236], dhcp_message::magic_cookie);
        message.insert(message.end(), part.begin(), part.end());
        handle(server, message, now);
      }
    }
    rest = rest.subspan(5 + part.size());
  }
  return 0;
}
