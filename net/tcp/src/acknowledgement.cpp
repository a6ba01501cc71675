// SPDX-License-Identifier: ISC
// What an acknowledgement means for the sender: round trips (RFC 6298, RFC 7323), what was lost (RFC 8985
// with SACK, RFC 6582 without), and the congestion window (RFC 5681, RFC 6937, RFC 3168).
#include <algorithm>

#include "mirage/tcp/connection.hpp"
#include "mirage/tcp/news.hpp"

namespace mirage::tcp_protocol {

namespace {
constexpr std::uint8_t duplicate_threshold = 3;

bool is_before(std::uint32_t one, std::uint32_t other) noexcept {
  return static_cast<std::int32_t>(one - other) < 0;
}
}  // namespace

/// An entry of the queue that the peer is known to have since now. `old`: what it echoes is from before the
/// last transmission.
void connection::arrived(const sent_segment& which, bool old, news& what, instant now) noexcept {
  what.whole += which.length;
  what.large_arrived |= which.payload() > payload_of(small_mtu());
  what.path_probe_arrived |= which.probe;
  what.note_time(which);
  rack_.delivered(which, now, rtt_.lowest(), old);
}

void connection::acknowledged(const segment& in, std::uint32_t length, instant now) noexcept {
  news what;
  what.una_before = queue_.una();
  what.flight_before = queue_.in_flight();
  what.lost_before = queue_.lost();
  what.advanced = in.ack > what.una_before;
  const std::uint32_t window_before = send_window_;
  update_window(in);

  if (agreed_.sack) take_sacks(in, what, now);
  what.delivered += queue_.acknowledge(in.ack, [&](const sent_segment& which) {
    const bool old = in.options.times && is_before(in.options.times->echo, timestamp(which.sent_at));
    arrived(which, old, what, now);
  });
  if (const std::uint32_t part = what.delivered - what.whole; part > 0 && queue_.first() != nullptr) {
    // Of the first entry only a part has arrived.
    what.large_arrived |= part > payload_of(small_mtu());
    what.note_time(*queue_.first());
  }
  heed_sizes(what, now);
  measure(in, what, now);
  look_for_mistakes(in, what, length);
  if (what.advanced) {
    progress_at_ = now;
    if (writer_waits_ && has_room()) {
      writer_waits_ = false;
      tell(happened::writable);
    }
  }
  if (send_window_ == 0) progress_at_ = now;
  finish_tail_probe(in, what);
  if (!agreed_.sack && window_before == send_window_) count_duplicates(in, what, length);
  if (!agreed_.sack && what.advanced) duplicates_ = phase_ == phase::recovery ? duplicates_ : std::uint8_t{0};
  detect_losses(what.advanced, now);

  // RFC 3168 §6.1.2: once a window of data, as for a loss.
  if (agreed_.ecn && in.has(flag::ece) && phase_ == phase::open && queue_.outstanding() > 0 &&
      (!has_reduced_ || queue_.una() >= reduced_at_)) {
    ++shared_.count.ecn_reductions;
    reduced_at_ = queue_.nxt();
    has_reduced_ = tell_reduced_ = true;
    begin_recovery(phase::reduction, now);
  }
  adjust_window(what, now);
  if (what.advanced || what.delivered > 0) arm_for_loss(now);
}

/// §3.10.7.4, fifth: the window of the newest segment counts.
void connection::update_window(const segment& in) noexcept {
  if (in.ack < queue_.una()) return;
  if (!(window_seq_ < in.seq || (window_seq_ == in.seq && window_ack_ <= in.ack))) return;
  const bool was_closed = send_window_ == 0;
  send_window_ = std::uint32_t{in.window} << agreed_.send_scale;
  largest_window_ = std::max(largest_window_, send_window_);
  window_seq_ = in.seq;
  window_ack_ = in.ack;
  if (send_window_ == 0 || !was_closed) return;
  window_probes_ = 0;
  if (pending_ == pending::window_probe) arm(pending::nothing, never);
}

/// RFC 2018 §5, and the report of a duplicate in the first block (RFC 2883 §4).
void connection::take_sacks(const segment& in, news& what, instant now) noexcept {
  const segment_options& options = in.options;
  for (std::uint8_t i = 0; i < options.sack_count; ++i) {
    const sack_block& block = options.sack[i];
    if (!(block.begin < block.end)) continue;
    const bool inside_next = i == 0 && options.sack_count > 1 && options.sack[1].begin <= block.begin &&
                             block.end <= options.sack[1].end;
    if (i == 0 && (block.end <= in.ack || inside_next)) {
      what.duplicate = true;
      rack_.duplicate_was_reported(queue_.una(), queue_.nxt());
      continue;
    }
    if (block.begin < queue_.una() || block.end > queue_.nxt()) continue;
    what.delivered += queue_.sack(block.begin, block.end, [&](const sent_segment& which) {
      // While there is a gap, what is echoed is from before the gap and says nothing of this (RFC 7323 §4.3).
      arrived(which, false, what, now);
    });
  }
}

/// Karn's algorithm (RFC 6298 §3): what was sent again is measured only where it is sure which transmission
/// was answered. Of several segments the last counts: acknowledgements of the others may have been lost.
void connection::measure(const segment& in, const news& what, instant now) noexcept {
  if (what.last_again == instant{}) {
    if (what.last_once == instant{} || what.duplicate) return;
    if (what.advanced) congestion_.sampled(now - what.last_once, queue_.una(), queue_.nxt(), now);
    return take_sample(now - what.last_once, what, now);
  }
  // What comes with it may have arrived long ago, out of order.
  if (!what.advanced || !agreed_.timestamps || !in.options.times || in.options.times->echo == 0) return;
  const std::uint32_t echo = in.options.times->echo;
  if (is_before(echo, timestamp(what.last_again)) && (what.duplicate || !agreed_.sack)) {
    // The peer had it already, and only its acknowledgement was lost. That it came twice is what this
    // answers.
    if (what.duplicate && now - what.last_again >= rtt_.lowest())
      take_sample(now - what.last_again, what, now);
    return;
  }
  const std::uint32_t took = timestamp(now) - echo;
  if (took < 10 * 60 * 1000) take_sample(std::max<duration>(1ms, 1ms * took), what, now);
}

void connection::take_sample(duration took, const news& what, instant now) noexcept {
  const std::uint32_t samples = std::max<std::uint32_t>(1, what.flight_before / (2u * send_mss_));
  rtt_.sample(took, samples, now);
}

/// RFC 5681 §2: what says nothing new while something is outstanding tells that a segment came.
void connection::count_duplicates(const segment& in, const news& what, std::uint32_t length) noexcept {
  const std::uint32_t mss = send_mss_;
  if (!what.advanced && length == 0 && in.ack == queue_.una() && queue_.outstanding() > 0) {
    if (duplicates_ < 255) ++duplicates_;
  } else if (what.advanced && phase_ == phase::recovery) {
    const std::uint32_t segments = (queue_.una() - what.una_before + mss - 1) / mss;
    duplicates_ -= static_cast<std::uint8_t>(std::min<std::uint32_t>(duplicates_, segments - 1));
  } else if (what.advanced) {
    duplicates_ = 0;
  }
  queue_.set_presumed(duplicates_ * mss);
}

void connection::mark_front_lost() noexcept {
  sent_segment* const front = queue_.first();
  if (front == nullptr || front->lost || front->sacked) return;
  if (front->length > send_mss_ && !queue_.split(*front, send_mss_)) return;
  queue_.mark_lost(*front);
}

void connection::detect_losses(bool advanced, instant now) noexcept {
  if (agreed_.sack) {
    if (queue_.outstanding() == 0 || (queue_.sacked() == 0 && phase_ == phase::open)) return;
    const bool urgent = phase_ == phase::recovery || phase_ == phase::loss ||
                        queue_.sacked() >= duplicate_threshold * std::uint32_t{send_mss_};
    const duration window = rack_.reordering_window(rtt_.smoothed(), rtt_.lowest(), urgent);
    const std::optional<duration> again = rack_.detect(queue_, now, window);
    const bool harmless = only_a_probe_was_lost(now);
    if (queue_.lost() > 0 && !harmless && (phase_ == phase::open || phase_ == phase::reduction))
      begin_recovery(phase::recovery, now);
    if (again) arm(pending::reordering, now + *again);
    return;
  }
  // RFC 6582 §3.2.
  if (phase_ == phase::open && duplicates_ >= duplicate_threshold) {
    mark_front_lost();
    begin_recovery(phase::recovery, now);
  } else if (phase_ == phase::recovery && advanced && queue_.una() < recovery_point_) {
    if (queue_.first() != nullptr && !queue_.first()->retransmitted) mark_front_lost();
  }
}

void connection::begin_recovery(phase which, instant) noexcept {
  if (phase_ == phase::open) {
    before_loss_ = congestion_.save();
    congestion_.reduce(queue_.outstanding());
    reduction_.begin(queue_.outstanding() - queue_.sacked());
    recovery_point_ = queue_.nxt();
  }
  if (which == phase::recovery) {
    ++shared_.count.recoveries;
    can_undo_ = phase_ == phase::open;
    has_undo_stamp_ = false;
  }
  phase_ = which;
}

void connection::end_recovery() noexcept {
  if (phase_ == phase::recovery || phase_ == phase::reduction)
    congestion_.set_window(congestion_.threshold());
  if (phase_ == phase::recovery) rack_.recovery_ended();
  phase_ = phase::open;
  can_undo_ = false;
  duplicates_ = 0;
  queue_.set_presumed(0);
}

void connection::adjust_window(const news& what, instant now) noexcept {
  if (phase_ != phase::open && queue_.una() >= recovery_point_) {
    end_recovery();
    return;
  }
  if (phase_ == phase::recovery || phase_ == phase::reduction) {
    const std::uint32_t window = congestion_.window();
    const proportional_reduction::acknowledgement came{
        .arrived = what.delivered,
        .in_flight = queue_.in_flight(),
        .unused = window > what.flight_before ? window - what.flight_before : 0,
        .progress = what.advanced && queue_.lost() <= what.lost_before};
    congestion_.set_window(reduction_.window(came, congestion_.threshold(), send_mss_));
    return;
  }
  if (what.delivered > 0 && (window_used_ || phase_ == phase::loss))
    congestion_.acknowledged(what.delivered, now, rtt_.smoothed());
}

/// RFC 8985 §7.4.2: whether the probe has repaired a loss that nothing else has told of.
void connection::finish_tail_probe(const segment& in, const news& what) noexcept {
  if (!tail_outstanding_ || in.ack < tail_end_) return;
  const bool was_again = tail_was_again_;
  const bool both_came =
      what.duplicate || (in.ack == tail_end_ && !what.advanced && in.options.sack_count == 0);
  if (!was_again || both_came) {
    tail_outstanding_ = false;
  } else if (in.ack > tail_end_) {
    tail_outstanding_ = false;
    if (phase_ != phase::open) return;
    congestion_.reduce(queue_.outstanding());
    congestion_.set_window(congestion_.threshold());
  }
}

}  // namespace mirage::tcp_protocol
