// SPDX-License-Identifier: ISC
// What can be set of the server: the networks that it serves, and the times and caps of leases.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "mirage/core/address.hpp"
#include "mirage/core/time.hpp"
#include "mirage/dhcp/options.hpp"

namespace mirage {

/// One network with its pool. The texts must outlive the server.
struct dhcp_network {
  ipv4_prefix network{};
  ipv4_address first{};  ///< of the pool; reservations may lie outside
  ipv4_address last{};
  std::vector<ipv4_address> routers{};
  std::vector<ipv4_address> name_servers{};
  std::vector<ipv4_address> time_servers{};  ///< of NTP
  std::vector<dhcp_route> routes{};          ///< others than the default route; `routers` are added to them
  std::string_view domain{};
  std::uint16_t mtu = 0;  ///< 0: not told
};

/// An address that only one station gets. The text must outlive the server.
struct dhcp_reservation {
  mac_address mac{};
  ipv4_address address{};
  std::string_view host_name{};
};

struct dhcp_server_options {
  ipv4_address address{};                ///< ours, the server identifier
  std::vector<dhcp_network> networks{};  ///< that with `address` is for clients without a relay
  std::vector<dhcp_reservation> reservations{};
  duration lease = 1h;         ///< for a client that does not ask for another time
  duration least_lease = 60s;  ///< of what a client may ask for
  duration greatest_lease = 24h;
  duration offer = 60s;         ///< how long an offer is kept
  duration quarantine = 10min;  ///< how long an address that was declined is left alone
  std::size_t leases = 4096;    ///< addresses of a network that are used at most, the first ones of its pool
  /// We know all leases of these networks: a client with an address that we do not know is refused, or gets
  /// it if it is free in our pool, as after a restart. Else such a client is not answered.
  bool authoritative = true;
};

}  // namespace mirage
