// SPDX-License-Identifier: ISC
// What one acknowledgement tells; it lives while that is worked in. Internal to the connection.
#pragma once

#include <algorithm>
#include <cstdint>

#include "mirage/core/time.hpp"
#include "mirage/tcp/connection.hpp"

namespace mirage::tcp_protocol {

struct connection::news {
  sequence una_before{};
  std::uint32_t flight_before = 0;
  std::uint32_t delivered = 0;  // numbers that the peer is known to have since now
  std::uint32_t whole = 0;      // those of them that were a whole entry of the queue
  std::uint32_t lost_before = 0;
  // When what the peer has since now was sent ...
  instant last_again{};  // ... what was sent again, the last of it
  instant last_once{};   // ... what was sent once, the last of it
  bool advanced = false;
  bool duplicate = false;           // it reported something that came twice
  bool large_arrived = false;       // longer than what passes nearly everywhere
  bool path_probe_arrived = false;  // RFC 4821

  void note_time(const sent_segment& which) noexcept {
    instant& last = which.retransmitted ? last_again : last_once;
    last = std::max(last, which.sent_at);
  }
};

}  // namespace mirage::tcp_protocol
