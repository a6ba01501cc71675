// SPDX-License-Identifier: ISC
// Whether a retransmission was a mistake: with timestamps by RFC 3522, without by F-RTO (RFC 5682 §2), and
// what is done then (RFC 4015).
#include <algorithm>

#include "mirage/tcp/connection.hpp"
#include "mirage/tcp/news.hpp"

namespace mirage::tcp_protocol {

/// A timeout has just begun a recovery. F-RTO is for those that are not a repetition.
void connection::begin_doubt(bool first) noexcept {
  doubt_ = first && !agreed_.timestamps ? doubt::timed_out : doubt::none;
}

void connection::look_for_mistakes(const segment& in, const news& what, std::uint32_t length) noexcept {
  if (what.advanced && can_undo_ && has_undo_stamp_) {
    if (is_of_the_first(in)) {
      // Where it is said that something came twice, an acknowledgement was lost; else it was only late.
      was_too_prompt_ |= phase_ == phase::loss && !what.duplicate;
      undo();
    }
    can_undo_ = false;
  }
  if (doubt_ == doubt::none || (!what.advanced && what.delivered == 0 && length > 0)) return;
  if (doubt_ == doubt::timed_out) {
    // Step 2: what has not been sent yet goes before what counts as lost, if there is any.
    const bool goes_on = what.advanced && queue_.una() < recovery_point_ &&
                         new_length(std::min(peer_room(), 2u * send_mss_)) > 0;
    doubt_ = goes_on ? doubt::sends_new : doubt::none;
    return;
  }
  // Step 3: something that was not sent again has arrived, or else what is new has come behind a gap.
  doubt_ = doubt::none;
  if (!what.advanced) return;
  was_too_prompt_ = true;
  undo();
}

/// RFC 3522: the acknowledgement is of the first transmission, so nothing was lost.
bool connection::is_of_the_first(const segment& in) const noexcept {
  return agreed_.timestamps && in.options.times && in.options.times->echo != 0 &&
         static_cast<std::int32_t>(in.options.times->echo - undo_stamp_) < 0;
}

/// RFC 4015, as far as the window goes.
void connection::undo() noexcept {
  ++shared_.count.undone;
  congestion_.restore(before_loss_);
  queue_.unmark_all_lost();
  rtt_.reset_backoff();
  phase_ = phase::open;
}

}  // namespace mirage::tcp_protocol
