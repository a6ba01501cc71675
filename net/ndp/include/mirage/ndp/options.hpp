// SPDX-License-Identifier: ISC
// What can be set of neighbour discovery: the caps and the times, which RFC 4861 §10 and RFC 4862 §5.1 give.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "mirage/core/time.hpp"
#include "mirage/keyed_hash.hpp"

namespace mirage {

struct ndp_options {
  std::size_t neighbours = 512;           ///< known or asked for
  std::size_t redirects = 64;             ///< destinations with a better first hop
  std::size_t parked_packets = 128;       ///< waiting for an answer, of all neighbours together
  std::size_t parked_bytes = 256 * 1024;  ///< the same
  duration reachable = 30s;               ///< how long an answer is believed, on the average
  duration retransmit = 1s;               ///< between two solicitations
  duration negative = 3s;                 ///< how long it is believed that nobody answers
  /// How often an address of ours is asked for before it is used (DupAddrDetectTransmits); 0: it is used at
  /// once.
  std::uint8_t duplicate_detections = 1;
  /// Whether routers may tell us addresses, routes, the MTU and DNS servers.
  bool accept_router_advertisements = true;
  /// What our interface identifiers are made of (RFC 7217 §5). The same each time makes the same addresses;
  /// nothing: others at each start.
  std::optional<keyed_hash::key> identifier_secret{};
};

}  // namespace mirage
