// SPDX-License-Identifier: ISC
#include "mirage/tcp/rack.hpp"

#include <algorithm>

namespace mirage::tcp_protocol {

void rack::delivered(const sent_segment& which, instant now, duration lowest, bool echo_is_old) noexcept {
  const duration took = now - which.sent_at;
  // An acknowledgement of the first transmission, that came after the second (§6.2 step 2).
  if (which.retransmitted && (echo_is_old || took < lowest)) return;
  if (!begun_) {
    begun_ = true;
    furthest_ = which.begin;
    newest_end_ = which.begin;
  }
  if (which.end() > furthest_)
    furthest_ = which.end();
  else if (!which.retransmitted && which.end() < furthest_)
    reordering_ = true;
  round_trip_ = took;
  if (newest_sent_ < which.sent_at || (newest_sent_ == which.sent_at && newest_end_ < which.end())) {
    newest_sent_ = which.sent_at;
    newest_end_ = which.end();
  }
}

void rack::duplicate_was_reported(sequence una, sequence nxt) noexcept {
  if (has_round_ && una < round_) return;
  has_round_ = true;
  round_ = nxt;
  if (multiplier_ < 255) ++multiplier_;
  persists_ = 16;
}

void rack::recovery_ended() noexcept {
  if (persists_ > 0) --persists_;
  if (persists_ == 0) multiplier_ = 1;
}

duration rack::reordering_window(duration smoothed, duration lowest, bool urgent) const noexcept {
  if (!reordering_ && urgent) return duration::zero();
  return std::min(lowest / 4 * multiplier_, smoothed);
}

std::optional<duration> rack::detect(send_queue& queue, instant now, duration window) noexcept {
  if (!begun_) return std::nullopt;
  std::optional<duration> again;
  for (sent_segment* at = queue.first(); at != nullptr; at = at->next) {
    if (at->sacked || at->lost || !sent_before(*at)) continue;
    const duration left = at->sent_at + round_trip_ + window - now;
    if (left <= duration::zero())
      queue.mark_lost(*at);
    else
      again = std::max(again.value_or(left), left);
  }
  return again;
}

}  // namespace mirage::tcp_protocol
