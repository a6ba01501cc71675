// SPDX-License-Identifier: ISC
#include "mirage/tcp/rack.hpp"

#include <algorithm>
#include <utility>

namespace mirage::tcp_protocol {

namespace {
// So many that may be late are looked at one by one; what is behind was sent no later than what has arrived.
constexpr unsigned looks_ahead = 64;
}  // namespace

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
  sent_segment* at = queue.oldest();
  while (at != nullptr && sent_before(*at) && at->sent_at + round_trip_ + window <= now)
    queue.mark_lost(*std::exchange(at, at->newer));
  // What is left is looked at again when the time of the last of it is over.
  std::optional<duration> again;
  for (unsigned i = 0; i < looks_ahead && at != nullptr && sent_before(*at); ++i, at = at->newer)
    again = at->sent_at + round_trip_ + window - now;
  if (again && at != nullptr && sent_before(*at)) again = newest_sent_ + round_trip_ + window - now;
  return again;
}

}  // namespace mirage::tcp_protocol
