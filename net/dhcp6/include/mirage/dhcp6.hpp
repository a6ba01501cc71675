// SPDX-License-Identifier: ISC
// The client of DHCP for IPv6 over any UDP: RFC 8415.
//
//   mirage::dhcp6_client<udp_0> dhcp{"dhcp6", udp, {.mac = network.mac()}, interface};
//   dhcp.on_change([&](const dhcp6_configuration* now) noexcept { ... });
//   co_await dhcp.start();
//
// Whether to start it, and with addresses or without, is what router advertisements say (RFC 4861 §4.2, flags
// M and O). It does not touch addresses itself: whoever owns them takes what `on_change` tells, and calls
// `conflict` if duplicate address detection finds that somebody has one. The interface needs its link-local
// address before.
#pragma once

#include <cstdint>
#include <string_view>

#include "mirage/core/counters.hpp"
#include "mirage/core/log.hpp"
#include "mirage/dhcp/basic_client.hpp"
#include "mirage/dhcp6/client_core.hpp"

namespace mirage {

inline constexpr log_source dhcp6_log{"dhcp6"};

/// For `basic_dhcp_client`.
struct dhcp6_client_protocol {
  using core = dhcp6_client_core;
  using action = dhcp6_client_action;
  using options = dhcp6_client_options;
  using configuration = dhcp6_configuration;
  static constexpr std::uint16_t port = dhcp6_port::client;

  explicit dhcp6_client_protocol(std::string_view name) noexcept : label{"device", name} {}

  [[nodiscard]] static v1::datagram_route route(const dhcp6_client_action&) noexcept {
    return {.destination = {dhcp6_servers, dhcp6_port::server},
            .source = {ipv6_address(), dhcp6_port::client}};
  }
  void told(const dhcp6_configuration* now) noexcept {
    if (now == nullptr) {
      ++lost;
      return dhcp6_log.warning("{}: the addresses are lost", label.value);
    }
    for (const dhcp6_address& each : now->addresses)
      dhcp6_log.info("{}: {} for {:.0}", label.value, each.address, each.valid);
    for (const ipv6_address& each : now->name_servers) dhcp6_log.info("{}: DNS server {}", label.value, each);
  }
  void conflict() noexcept { ++conflicts; }

  metric_label label;
  counter received{label, "dhcp6_client_received_messages_total", "Messages that came"};
  counter sent{label, "dhcp6_client_sent_messages_total", "Messages that the network took"};
  counter not_sent{label, "dhcp6_client_not_sent_messages_total", "Messages that the network refused"};
  counter lost{label, "dhcp6_client_lost_addresses_total",
               "Times that addresses ended before they were renewed"};
  counter conflicts{label, "dhcp6_client_conflicts_total", "Times that addresses were declined"};
  counter malformed{
      label, "dhcp6_client_dropped_total", {"reason", "malformed"}, "Messages that were dropped"};
  counter not_ours{label, "dhcp6_client_dropped_total", {"reason", "not_ours"}};
  counter unexpected{label, "dhcp6_client_dropped_total", {"reason", "unexpected"}};
  counter refused{label, "dhcp6_client_dropped_total", {"reason", "refused"}};
};

/// UDP must outlive it.
template <v1::udp Udp>
class dhcp6_client : public basic_dhcp_client<dhcp6_client_protocol, Udp> {
  using basic_dhcp_client<dhcp6_client_protocol, Udp>::basic_dhcp_client;
};

}  // namespace mirage
