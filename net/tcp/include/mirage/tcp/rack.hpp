// SPDX-License-Identifier: ISC
// RACK: RFC 8985 §6. A segment is lost when one that was sent later, by more than a reordering window, has
// arrived. It finds lost retransmissions, too, and needs SACK.
#pragma once

#include <cstdint>
#include <optional>

#include "mirage/core/time.hpp"
#include "mirage/tcp/resources.hpp"
#include "mirage/tcp/send_queue.hpp"

namespace mirage::tcp_protocol {

class rack {
 public:
  /// Step 1 and 2 for an entry that was acknowledged or SACKed now. `lowest` is the lowest round trip.
  /// `echo_is_old`: the acknowledgement echoes a timestamp from before the entry was sent again.
  void delivered(const sent_segment& which, instant now, duration lowest, bool echo_is_old) noexcept;
  /// Step 3: an entry that was sent only once arrived before others that were sent earlier.
  [[nodiscard]] bool has_seen_reordering() const noexcept { return reordering_; }
  /// Step 4: the peer had a segment twice, so the reordering window was too short. At most once a round.
  void duplicate_was_reported(sequence una, sequence nxt) noexcept;
  /// A recovery ended: after 16 of them the window is short again.
  void recovery_ended() noexcept;

  [[nodiscard]] duration reordering_window(duration smoothed, duration lowest, bool urgent) const noexcept;

  /// Step 5: marks what is lost. The time after which to look again, or nothing.
  [[nodiscard]] std::optional<duration> detect(send_queue& queue, instant now, duration window) noexcept;

  [[nodiscard]] duration round_trip() const noexcept { return round_trip_; }

 private:
  [[nodiscard]] bool sent_before(const sent_segment& which) const noexcept {
    return which.sent_at < newest_sent_ || (which.sent_at == newest_sent_ && which.end() < newest_end_);
  }

  instant newest_sent_{};  // RACK.xmit_ts
  duration round_trip_{};  // RACK.rtt
  sequence newest_end_{};  // RACK.end_seq
  sequence furthest_{};    // RACK.fack
  sequence round_{};       // RACK.dsack_round
  std::uint8_t multiplier_ = 1;
  std::uint8_t persists_ = 0;
  bool has_round_ = false;
  bool reordering_ = false;
  bool begun_ = false;
};

}  // namespace mirage::tcp_protocol
