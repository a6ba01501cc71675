// SPDX-License-Identifier: ISC
// What can be set of ARP: the caps, the times, and how a new address is taken.
#pragma once

#include <cstddef>

#include "mirage/core/time.hpp"

namespace mirage {

struct arp_options {
  std::size_t neighbours = 512;           ///< known or asked for
  std::size_t addresses = 32;             ///< our own
  std::size_t parked_packets = 128;       ///< waiting for an answer, of all neighbours together
  std::size_t parked_bytes = 256 * 1024;  ///< the same
  duration fresh = 60s;                   ///< how long an answer is believed (RFC 1122 §2.3.2.1)
  duration negative = 3s;                 ///< how long it is believed that nobody answers
  /// Whether `add` first asks if somebody else has the address (RFC 5227 §2.1), which takes up to 7 s in
  /// which it cannot be used. Without, it is used and announced at once, and conflicts are still noticed.
  bool probe = false;
};

}  // namespace mirage
