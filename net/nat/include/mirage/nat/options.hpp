// SPDX-License-Identifier: ISC
// What is chosen for a NAT: caps and timeouts, with the defaults that the RFCs ask for.
#pragma once

#include <cstddef>

#include "mirage/core/time.hpp"

namespace mirage {

struct nat_options {
  /// Remote ends that are spoken with, of all hosts inside. At the cap the oldest that is no established TCP
  /// connection goes; if there is none, a new one is refused.
  std::size_t sessions = 16'384;
  /// Whether anybody outside may answer to the port of a mapping, and not only those to whom the host inside
  /// has spoken (RFC 4787 §5, RFC 5382 §4.3). More peer-to-peer programs work with it, and more strangers get
  /// in.
  bool endpoint_independent_filtering = false;
  duration udp = 5min;                   ///< from the last datagram from inside (RFC 4787 REQ-5, REQ-6)
  duration tcp_established = 2h + 4min;  ///< from the last segment (RFC 5382 REQ-5)
  duration tcp_transitory = 4min;        ///< of a connection that is half open, closed or reset
  duration echo = 60s;                   ///< RFC 5508 REQ-2
};

}  // namespace mirage
