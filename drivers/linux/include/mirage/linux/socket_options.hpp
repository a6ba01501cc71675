// SPDX-License-Identifier: ISC
// What can be chosen of a stack on kernel sockets.
#pragma once

#include <cstdint>
#include <optional>

#include "mirage/core/ip_prefix.hpp"

namespace mirage {

struct socket_options {
  /// The local address that "all addresses" stands for; without one, or with the unspecified one, it is all.
  /// Connections leave from there, too. Only the address of the prefix matters: the network is the host's.
  std::optional<ipv4_prefix> ipv4 = std::nullopt;
  std::optional<ipv6_prefix> ipv6 = std::nullopt;
  bool ipv4_only = false;
  bool ipv6_only = false;

  /// Lets several processes of one user listen on one port; the kernel spreads the connections over them.
  bool reuse_port = false;

  /// Connections that wait to be accepted; the kernel has a limit of its own (net.core.somaxconn).
  int backlog = 4096;
  /// Open connections; what comes beyond is reset.
  std::uint32_t max_connections = 65536;
  /// Connections that one listener takes in one round of the loop.
  std::uint32_t accepts_a_round = 64;

  /// Datagrams of one length to one peer leave as one (UDP_SEGMENT).
  bool segment_datagrams = true;
};

}  // namespace mirage
