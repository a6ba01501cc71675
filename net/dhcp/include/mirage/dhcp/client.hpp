// SPDX-License-Identifier: ISC
// The client over any UDP: RFC 2131.
//
//   mirage::dhcp_client<udp_0> dhcp{"dhcp", udp, {.mac = network.mac()}};
//   dhcp.on_change([&](const dhcp_configuration* now) noexcept { ... });
//   co_await dhcp.start();
//   const dhcp_configuration got = co_await dhcp.configured();
//
// It does not touch addresses and routes itself: whoever owns them takes what `on_change` tells, best after
// asking if the address is free (`arp::claim`), and calls `conflict` if it is not.
//
// What it needs of UDP beyond `v1::udp`: while the interface has no address, a datagram to 255.255.255.255
// leaves it from 0.0.0.0, and one that comes to 255.255.255.255 reaches a listener on the unspecified
// address. Ours do. A host's sockets do not without its leave (port 68, a broadcast option, one interface).
#pragma once

#include <cstdint>
#include <string_view>

#include "mirage/core/counters.hpp"
#include "mirage/core/log.hpp"
#include "mirage/dhcp/basic_client.hpp"
#include "mirage/dhcp/client_core.hpp"

namespace mirage {

inline constexpr log_source dhcp_log{"dhcp"};

/// For `basic_dhcp_client`.
struct dhcp_client_protocol {
  using core = dhcp_client_core;
  using action = dhcp_client_action;
  using options = dhcp_client_options;
  using configuration = dhcp_configuration;
  static constexpr std::uint16_t port = dhcp_port::client;

  explicit dhcp_client_protocol(std::string_view name) noexcept : label{"device", name} {}

  [[nodiscard]] static v1::datagram_route route(const dhcp_client_action& action) noexcept {
    return {.destination = {action.to, dhcp_port::server}, .source = {action.from, dhcp_port::client}};
  }
  void told(const dhcp_configuration* now) noexcept {
    if (now != nullptr) return dhcp_log.info("{}: {} for {:.0}", label.value, now->address, now->lease);
    ++lost;
    dhcp_log.warning("{}: the address is lost", label.value);
  }
  void conflict() noexcept { ++conflicts; }

  metric_label label;
  counter received{label, "dhcp_client_received_messages_total", "Messages that came"};
  counter sent{label, "dhcp_client_sent_messages_total", "Messages that the network took"};
  counter not_sent{label, "dhcp_client_not_sent_messages_total", "Messages that the network refused"};
  counter lost{label, "dhcp_client_lost_addresses_total", "Addresses that ended before they were renewed"};
  counter conflicts{label, "dhcp_client_conflicts_total", "Addresses that were declined"};
  counter malformed{
      label, "dhcp_client_dropped_total", {"reason", "malformed"}, "Messages that were dropped"};
  counter not_ours{label, "dhcp_client_dropped_total", {"reason", "not_ours"}};
  counter unexpected{label, "dhcp_client_dropped_total", {"reason", "unexpected"}};
  counter refused{label, "dhcp_client_dropped_total", {"reason", "refused"}};
};

/// UDP must outlive it. After a restart without `stop()`, the address can be asked for again
/// (`dhcp_client_options::last_address`).
template <v1::udp Udp>
class dhcp_client : public basic_dhcp_client<dhcp_client_protocol, Udp> {
  using basic_dhcp_client<dhcp_client_protocol, Udp>::basic_dhcp_client;
};

}  // namespace mirage
