// SPDX-License-Identifier: ISC
// Cores of the client and the server, joined on virtual time by a link that can lose and record messages.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "mirage/dhcp/client_core.hpp"
#include "mirage/dhcp/server_core.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage::test {

inline constexpr mac_address dhcp_mac = "02:00:00:00:00:01";

inline dhcp_server_options served_network() {
  return {.address = "10.0.0.1",
          .networks = {{.network = ipv4_prefix("10.0.0.0/24"),
                        .first = "10.0.0.100",
                        .last = "10.0.0.102",
                        .routers = {ipv4_address("10.0.0.1")},
                        .name_servers = {ipv4_address("10.0.0.53"), ipv4_address("10.0.0.54")},
                        .time_servers = {ipv4_address("10.0.0.123")},
                        .domain = "example.org",
                        .mtu = 1400}},
          .reservations = {{.mac = "02:00:00:00:00:99", .address = "10.0.0.5", .host_name = "printer"}}};
}

/// One message, by its most important fields.
struct seen_message {
  dhcp_message_type type;
  ipv4_address from;
  ipv4_address to;
  instant at;
  std::string bytes;
  [[nodiscard]] dhcp_message message() const { return *dhcp_message::of(as_bytes(bytes)); }
  [[nodiscard]] dhcp_options options() const { return *dhcp_options::of(message()); }
};

struct core_pair {
  virtual_node node;
  instant now = virtual_start;
  dhcp_server_core server;
  dhcp_client_core client;
  bool deaf = false;                            ///< the server gets nothing
  std::function<void(std::string&)> on_answer;  ///< may change it
  std::vector<seen_message> sent;               ///< by the client
  std::vector<seen_message> answered;
  std::vector<dhcp_client_core::verdict> verdicts;
  unsigned configured = 0;
  unsigned lost = 0;

  explicit core_pair(dhcp_server_options served = served_network(),
                     dhcp_client_options options = {.mac = dhcp_mac})
      : server(served), client(options, 7) {}

  void pump() {
    for (auto next = client.poll(now); next.what != dhcp_client_action::kind::none; next = client.poll(now)) {
      using kind = dhcp_client_action::kind;
      configured += next.what == kind::configured ? 1 : 0;
      lost += next.what == kind::lost ? 1 : 0;
      if (next.what == kind::send) deliver(next);
    }
  }
  void deliver(const dhcp_client_action& action) {
    std::array<std::byte, dhcp_client_core::greatest_message> room;
    const std::string message(as_text(cbytes(room).first(client.emit(action, room))));
    sent.push_back({action.type, action.from, action.to, now, message});
    if (deaf) return;
    const auto outcome = server.input(as_bytes(message), now);
    if (!outcome.answer) return;
    std::array<std::byte, dhcp_server_core::greatest_message> answer_room;
    std::string answer(
        as_text(cbytes(answer_room).first(server.emit(*outcome.answer, as_bytes(message), answer_room))));
    if (on_answer) on_answer(answer);
    answered.push_back({outcome.answer->type, {}, outcome.answer->to.address.v4(), now, answer});
    verdicts.push_back(client.input(as_bytes(answer), now));
  }
  void start() {
    client.start(now);
    pump();
  }
  /// Everything that is due within this time happens, each at its time.
  void run(duration length) {
    const instant end = later(now, length);
    while (client.next_timeout() <= end) {
      now = std::max(now, client.next_timeout());
      pump();
    }
    now = end;
  }
  [[nodiscard]] std::vector<dhcp_message_type> types_sent() const {
    std::vector<dhcp_message_type> types;
    for (const auto& each : sent) types.push_back(each.type);
    return types;
  }
};

}  // namespace mirage::test
