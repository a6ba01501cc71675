// SPDX-License-Identifier: ISC
// What happens when time passes: retransmission (RFC 6298 §5), tail loss probes (RFC 8985 §7), probes of a
// closed window (RFC 9293 §3.8.6.1), keep-alive (§3.8.4), giving up (§3.8.3), and the end of TIME-WAIT.
#include <algorithm>

#include "mirage/tcp/connection.hpp"

namespace mirage::tcp_protocol {

namespace {
// RFC 8985 §7.2, TLP.max_ack_delay.
constexpr duration peer_may_delay = 200ms;
}  // namespace

/// An acknowledgement may be delayed until there is a second full segment; not so where there is a gap, or
/// something came twice (RFC 9293 §3.8.6.3, RFC 5681 §4.2).
bool connection::peer_may_wait() const noexcept {
  return was_too_prompt_ ||
         (queue_.outstanding() < 2u * send_mss_ && phase_ != phase::loss && !tail_due_ && !tail_outstanding_);
}

duration connection::timeout() const noexcept {
  const tcp_options& chosen = shared_.options;
  const duration least = std::min(chosen.least_timeout, chosen.least_prompt_timeout);
  return rtt_.timeout({peer_may_wait() ? chosen.least_timeout : least, chosen.most_timeout});
}

void connection::arm(pending what, instant when) noexcept {
  pending_ = what;
  loss_at_ = what == pending::nothing ? never : when;
}

/// No later than when the connection is given up.
void connection::arm_timeout(instant now) noexcept {
  const duration left = progress_at_ + user_timeout() - now;
  arm(pending::timeout, now + std::min(timeout(), std::max(left, duration(1ms))));
}

/// One timer for what may have been lost.
void connection::arm_for_loss(instant now) noexcept {
  if (!is_synchronized()) return;
  if (queue_.outstanding() == 0) return arm(pending::nothing, never);
  // Set by what was found just now.
  if (pending_ == pending::reordering && loss_at_ > now && queue_.sacked() > 0) return;
  if (agreed_.sack && phase_ == phase::open && !tail_outstanding_ && rtt_.backoff() == 0) {
    duration probe = rtt_.has_sample() ? 2 * rtt_.smoothed() : duration(1s);
    if (queue_.outstanding() <= send_mss_) probe += peer_may_delay;
    // Where the timeout would come first, the probe takes its time: it is tried before the window is given
    // up.
    return arm(pending::tail_probe, now + std::min(std::max(probe, duration(2ms)), timeout()));
  }
  arm_timeout(now);
}

/// Nothing is on the way, and the peer's window lets nothing go.
void connection::arm_for_window(instant now) noexcept {
  if (pending_ != pending::nothing || queue_.outstanding() > 0 || queue_.unsent() == 0) return;
  if (window_probes_ == 0 && send_window_ == 0) heard_at_ = now;
  const duration once = timeout();
  const unsigned shift = std::min<unsigned>(window_probes_, 10);
  arm(pending::window_probe, now + std::min(once * (std::int64_t{1} << shift), shared_.options.most_timeout));
}

instant connection::next_timeout() const noexcept {
  instant first = std::min({loss_at_, acknowledge_at_, linger_at_});
  if (keep_alive_ > duration::zero() && is_synchronized() && queue_.outstanding() == 0)
    first = std::min(first, heard_at_ + keep_alive_ + shared_.options.keep_alive_interval * probes_);
  return first;
}

void connection::expire(instant now) noexcept {
  if (state_ == state::closed) return;
  if (loss_at_ <= now) {
    const pending due = pending_;
    arm(pending::nothing, never);
    switch (due) {
      case pending::timeout: retransmission_timeout(now); break;
      case pending::tail_probe:
        tail_due_ = true;
        arm_timeout(now);
        break;
      case pending::reordering:
        detect_losses(false, now);
        if (pending_ == pending::nothing) arm_for_loss(now);
        if (phase_ == phase::recovery && queue_.lost() > 0)
          congestion_.set_window(queue_.in_flight() + send_mss_);
        break;
      case pending::window_probe: window_probe(now); break;
      case pending::nothing: break;
    }
  }
  if (acknowledge_at_ <= now) {
    acknowledge_at_ = never;
    acknowledge_now_ = true;
  }
  if (linger_at_ <= now) return become_closed();
  if (keep_alive_ > duration::zero() && next_timeout() <= now) keep_alive(now);
}

void connection::retransmission_timeout(instant now) noexcept {
  if (!is_synchronized()) return handshake_timeout(now);
  if (queue_.outstanding() == 0) return;
  if (now - progress_at_ >= user_timeout()) {
    ++shared_.count.timed_out;
    reset_due_ = true;
    return fail_with(v1::flow_error::timed_out);
  }
  ++shared_.count.retransmission_timeouts;
  const bool again = phase_ == phase::loss && loss_una_ == queue_.una();
  if (!again) {
    if (phase_ == phase::open) before_loss_ = congestion_.save();
    can_undo_ = true;
    has_undo_stamp_ = false;
  }
  if (again) send_in_pieces();
  congestion_.timed_out(queue_.in_flight(), again);
  loss_una_ = queue_.una();
  // RFC 2018 §8: a peer that had SACKed what it still waits for has thrown it away.
  queue_.mark_all_lost(queue_.first()->sacked);
  static_cast<void>(only_a_probe_was_lost(now));
  begin_doubt(!again && phase_ == phase::open);
  phase_ = phase::loss;
  recovery_point_ = queue_.nxt();
  tail_due_ = tail_outstanding_ = false;
  duplicates_ = 0;
  rtt_.back_off();
  arm_timeout(now);
}

void connection::handshake_timeout(instant now) noexcept {
  const tcp_options& chosen = shared_.options;
  const bool give_up =
      passive_ ? syn_losses_ >= chosen.syn_ack_retries : now - progress_at_ >= chosen.connect_timeout;
  if (give_up) {
    ++shared_.count.timed_out;
    return fail_with(v1::flow_error::timed_out);
  }
  if (syn_losses_ < 255) ++syn_losses_;
  ++shared_.count.retransmitted;
  // RFC 3168 §6.1.1.1: some drop a SYN that asks for ECN.
  ecn_asked_ = false;
  rtt_.back_off();
  syn_due_ = true;
  duration next = timeout();
  if (!passive_) next = std::min(next, std::max(duration(1ms), progress_at_ + chosen.connect_timeout - now));
  arm(pending::timeout, now + next);
}

void connection::window_probe(instant now) noexcept {
  if (queue_.unsent() == 0 || queue_.outstanding() > 0) return;
  // RFC 9293 §3.8.6.1: as long as the peer answers, the connection stays; but an application that has left
  // does not wait for ever.
  const instant since = closed_ ? progress_at_ : heard_at_;
  if (now - since >= user_timeout() && window_probes_ > 0) {
    ++shared_.count.timed_out;
    reset_due_ = true;
    return fail_with(v1::flow_error::timed_out);
  }
  if (window_probes_ < 255) ++window_probes_;
  if (peer_room() > 0) {
    push_small_ = true;  // §3.8.6.2.1: the override timeout
    return;
  }
  ++shared_.count.zero_windows;
  probe_due_ = true;
}

void connection::keep_alive(instant now) noexcept {
  if (!is_synchronized() || state_ == state::time_wait || queue_.outstanding() > 0) return;
  if (now < heard_at_ + keep_alive_ + shared_.options.keep_alive_interval * probes_) return;
  if (probes_ >= shared_.options.keep_alive_probes) {
    ++shared_.count.timed_out;
    reset_due_ = true;
    return fail_with(v1::flow_error::timed_out);
  }
  ++probes_;
  probe_due_ = true;
}

}  // namespace mirage::tcp_protocol
