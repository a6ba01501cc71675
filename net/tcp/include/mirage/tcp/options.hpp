// SPDX-License-Identifier: ISC
// What can be chosen of TCP: its caps, times and algorithms.
#pragma once

#include <cstdint>

#include "mirage/core/time.hpp"

namespace mirage {

/// RFC 5681 with RFC 6582, or RFC 9438.
enum class congestion_algorithm : std::uint8_t { new_reno, cubic };

struct tcp_options {
  // ---- Caps: what is beyond is refused or dropped, and counted ----

  std::uint32_t connections = 65536;  ///< open ones, half-open and closing ones included
  std::uint32_t half_open = 1024;     ///< waiting for the last segment of the handshake; then SYN cookies
  std::uint32_t backlog = 4096;       ///< of one listener: done, and not yet accepted
  std::uint32_t time_wait = 16384;    ///< ended and waiting for stragglers; then the oldest go early
  std::uint32_t listeners = 1024;
  /// Bytes of one connection that wait to be acknowledged: it begins with the first and grows with the
  /// congestion window to the second.
  std::uint32_t send_buffer = 64 * 1024;
  std::uint32_t send_buffer_limit = 4 * 1024 * 1024;
  /// Bytes that came and were not read: grows with what the application reads in a round trip.
  std::uint32_t receive_buffer = 64 * 1024;
  std::uint32_t receive_buffer_limit = 6 * 1024 * 1024;
  /// Bytes of all connections together that came out of order.
  std::uint32_t out_of_order = 64 * 1024 * 1024;

  // ---- Algorithms ----

  congestion_algorithm congestion = congestion_algorithm::cubic;
  std::uint32_t initial_window = 10;  ///< segments, RFC 6928
  bool window_scaling = true;         ///< RFC 7323
  bool timestamps = true;             ///< RFC 7323
  bool sack = true;                   ///< RFC 2018
  bool ecn = true;                    ///< RFC 3168: asked for, and agreed to
  bool path_mtu_discovery = true;     ///< RFC 1191, RFC 8201; without it packets may be fragmented

  // ---- Times ----

  /// The least time of a retransmission timeout beyond a round trip (RFC 6298 §2.4 says 1 s in all; RFC 8961
  /// leaves it to what is measured): where the peer may hold an acknowledgement back for more data, and where
  /// it must not (RFC 9293 §3.8.6.3), unless such a timeout was spurious.
  duration least_timeout = 200ms;
  duration least_prompt_timeout = 50ms;
  duration most_timeout = 60s;  ///< with backoff
  duration acknowledgement_delay = 40ms;
  duration time_wait_time = 60s;  ///< twice the lifetime of a segment; RFC 9293 says 4 minutes
  /// Without an acknowledgement of what was sent (RFC 9293 R2); one flow may have another,
  /// `tcp_flow::user_timeout`.
  duration user_timeout = 120s;
  duration connect_timeout = 180s;     ///< the same of a SYN (RFC 9293 MUST-23)
  duration close_timeout = 60s;        ///< for the peer's FIN, after `close`
  duration keep_alive_interval = 75s;  ///< between probes
  std::uint32_t keep_alive_probes = 9;
  std::uint32_t syn_ack_retries = 5;
};

}  // namespace mirage
