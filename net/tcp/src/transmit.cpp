// SPDX-License-Identifier: ISC
// What is sent next: RFC 9293 §3.8.6 and §3.7.4, RFC 6675 §5 and RFC 8985 §7.3. Nothing is changed by
// looking; `sent` says that it left.
#include <algorithm>

#include "mirage/tcp/connection.hpp"

namespace mirage::tcp_protocol {

namespace {
constexpr std::uint8_t ect0 = 2;  // RFC 3168 §5
constexpr std::size_t most_slices = buffer_list::capacity();
}  // namespace

bool connection::plan(transmission& out, instant now) noexcept {
  if (reset_due_) {
    out.seq = queue_.nxt();
    out.flags = flag::rst | flag::ack;
    return true;
  }
  if (state_ == state::closed) return false;
  if (plan_handshake(out)) return true;
  if (is_synchronized() && state_ != state::time_wait &&
      (plan_lost(out) || plan_tail_probe(out) || plan_new(out, now)))
    return true;
  if (plan_control(out)) return true;
  window_used_ = uses_window();
  if (is_synchronized() && state_ != state::time_wait) arm_for_window(now);
  return false;
}

/// Whether the congestion window is what limits the sender; else it does not grow (RFC 9438 §4.2, RFC 7661).
bool connection::uses_window() const noexcept {
  const std::uint32_t window = congestion_.window();
  const std::uint32_t flight = queue_.in_flight();
  return flight + send_mss_ > window || (congestion_.in_slow_start() && flight > window / 2);
}

bool connection::plan_handshake(transmission& out) noexcept {
  if (!syn_due_) return false;
  out.seq = initial_;
  out.flags = flag::syn;
  if (state_ == state::syn_received) {
    out.flags |= flag::ack;
    if (agreed_.ecn && syn_losses_ == 0) out.flags |= flag::ece;
  } else if (ecn_asked_) {
    out.flags |= flag::ece | flag::cwr;
  }
  return true;
}

/// Of a segment.
std::uint32_t connection::usual_length() const noexcept {
  return in_pieces_ ? payload_of(small_mtu()) : send_mss_;
}

/// How much can go down at once: what the device cuts, or one segment.
std::uint32_t connection::longest() const noexcept {
  const std::uint32_t mss = usual_length();
  const std::uint32_t most = std::min(path_.segment_bytes, 65535 - path_.ip_header - 60);
  return most < 2 * mss ? mss : most / mss * mss;
}

std::uint32_t connection::peer_room() const noexcept {
  const sequence edge = queue_.una() + send_window_;
  return edge > queue_.nxt() ? edge - queue_.nxt() : 0;
}

/// What is longer than a segment goes down as references, of which there are only so many.
void connection::fill(transmission& out, send_queue::place from, std::uint32_t length) const noexcept {
  const std::uint32_t mss = usual_length();
  if (length > mss) {
    const std::uint32_t most = std::clamp<std::uint32_t>(path_.slices, 1, most_slices);
    const std::uint32_t parts = path_.slices == 0 ? most_slices : most;
    const std::uint32_t fits = send_queue::bytes_in(from, length, parts);
    if (fits < length) length = std::max(mss, fits / mss * mss);
  }
  out.payload = from;
  out.length = length;
  out.segment_size = static_cast<std::uint16_t>(length > mss ? mss : 0);
  out.flags = flag::ack;
}

bool connection::plan_lost(transmission& out) noexcept {
  sent_segment* const which = queue_.first_lost();
  if (which == nullptr || doubt_ == doubt::sends_new) return false;
  const std::uint32_t mss = usual_length();
  const std::uint32_t flight = queue_.in_flight();
  const std::uint32_t room = congestion_.window() > flight ? congestion_.window() - flight : 0;
  if (flight > 0 && room < std::min(mss, which->length)) return false;
  const std::uint32_t most = std::min(longest(), std::max(mss, room / mss * mss));
  out.seq = which->begin;
  out.again = which;
  fill(out, {which->data, which->offset}, std::min(which->payload(), most));
  if (which->fin && out.length == which->payload()) out.flags |= flag::fin;
  if (out.length > 0) out.flags |= flag::psh;
  return true;
}

/// RFC 8985 §7.3: a new segment, or else the last one again.
bool connection::plan_tail_probe(transmission& out) noexcept {
  if (!tail_due_) return false;
  const std::uint32_t mss = send_mss_;
  const std::uint32_t length = std::min({queue_.unsent(), peer_room(), mss});
  if (length > 0) {
    out.seq = queue_.nxt();
    fill(out, queue_.next_unsent(), length);
    out.flags |= flag::psh;
    return true;
  }
  sent_segment* which = queue_.last();
  if (which == nullptr || which->sacked || which->lost) return tail_due_ = false;
  if (which->payload() > mss) {
    if (!queue_.split(*which, which->payload() - mss)) return tail_due_ = false;
    which = queue_.last();
  }
  out.seq = which->begin;
  out.again = which;
  fill(out, {which->data, which->offset}, which->payload());
  out.flags |= flag::psh;
  if (which->fin) out.flags |= flag::fin;
  return true;
}

/// How many new bytes go now, given that window and congestion window leave `room`: the sender's part against
/// silly windows, §3.8.6.2.1, and Nagle's algorithm, §3.7.4.
std::uint32_t connection::new_length(std::uint32_t room) const noexcept {
  const std::uint32_t mss = usual_length();
  const std::uint32_t unsent = queue_.unsent();
  std::uint32_t length = std::min({unsent, room, longest()});
  const bool idle = queue_.outstanding() == 0;
  if (length < mss && length < unsent) {
    if (push_small_ && length > 0) return length;
    return length > 0 && length >= largest_window_ / 2 ? length : 0;
  }
  if (length > mss && length % mss != 0 && (length < unsent || (nagle_ && !fin_queued_)))
    length -= length % mss;
  if (length < mss && nagle_ && !idle && !fin_queued_) return 0;
  return length;
}

bool connection::plan_new(transmission& out, instant now) noexcept {
  const bool fin_is_next = fin_queued_ && !fin_sent_;
  if (fin_sent_ || (queue_.unsent() == 0 && !fin_is_next)) return false;
  if (plan_path_probe(out, now)) {
    if (agreed_.ecn) out.congestion_bits = ect0;
    return true;
  }
  const std::uint32_t flight = queue_.in_flight();
  const std::uint32_t window = congestion_.window();
  std::uint32_t length = 0;
  if (queue_.unsent() > 0) {
    length = new_length(std::min(peer_room(), window > flight ? window - flight : 0));
    if (length == 0) return false;
  }
  out.seq = queue_.nxt();
  // CWR stands in one segment, so it is not cut (RFC 3168 §6.1.2).
  if (tell_reduced_) length = std::min(length, usual_length());
  fill(out, queue_.next_unsent(), length);
  if (out.length == queue_.unsent()) {
    if (out.length > 0) out.flags |= flag::psh;
    if (fin_is_next) out.flags |= flag::fin;
  }
  if (out.length > 0 && agreed_.ecn) {
    out.congestion_bits = ect0;
    if (tell_reduced_) out.flags |= flag::cwr;
  }
  return true;
}

bool connection::plan_control(transmission& out) noexcept {
  if (!probe_due_ && !acknowledge_now_) return false;
  if (state_ == state::syn_sent) return false;
  out.is_probe = probe_due_;
  out.seq = probe_due_ ? queue_.una() - 1u : queue_.nxt();
  out.flags = flag::ack;
  return true;
}

segment_options connection::options_for(const transmission& what, instant now) const noexcept {
  segment_options made;
  const tcp_options& chosen = shared_.options;
  const bool syn = (what.flags & flag::syn) != 0;
  const bool answer = syn && (what.flags & flag::ack) != 0;
  if (syn) {
    made.mss = path_.mss();
    if (answer ? agreed_.scaling : chosen.window_scaling) made.window_scale = agreed_.receive_scale;
    made.sack_permitted = answer ? agreed_.sack : chosen.sack;
  }
  if (syn && !answer ? chosen.timestamps : agreed_.timestamps)
    made.times = timestamps{timestamp(now), (what.flags & flag::ack) != 0 ? recent_ : 0};
  if (!agreed_.sack || syn || (what.flags & flag::rst) != 0) return made;
  // Only where it does not make the segment too long.
  const std::uint32_t left =
      what.segment_size != 0 ? 0 : send_mss_ - std::min<std::uint32_t>(what.length, send_mss_);
  const std::uint32_t room = what.length == 0 ? 36 : left;
  if (room < 12) return made;
  const auto most = static_cast<std::uint8_t>(std::min<std::uint32_t>((room - 4) / 8, made.times ? 3 : 4));
  if (duplicate_.begin != duplicate_.end) made.sack[made.sack_count++] = duplicate_;
  out_of_order_.describe(made, most);
  return made;
}

std::size_t connection::emit(const transmission& what, bytes to, bool with_payload) noexcept {
  const std::size_t size = what.header_bytes();
  const bool syn = (what.flags & flag::syn) != 0;
  header_fields fields{local_port_, peer_port_, what.seq, {}, what.flags, 0};
  if (echo_congestion_ && !syn) fields.flags |= flag::ece;
  const unsigned scale = syn ? 0u : agreed_.receive_scale;
  if ((what.flags & flag::ack) != 0) {
    fields.ack = last_acknowledged_ = rcv_nxt_;
    const std::uint32_t room = window_.offer(rcv_nxt_, arrived_.bytes(), receive_mss_, scale);
    fields.window = static_cast<std::uint16_t>(std::min<std::uint32_t>(room >> scale, 65535));
    acknowledge_now_ =
        acknowledge_now_ && what.length > 0 && !out_of_order_.empty() && what.options.sack_count == 0;
    if (what.options.sack_count > 0) duplicate_ = {};
    acknowledge_at_ = never;
    unacknowledged_ = 0;
  } else {
    fields.window = static_cast<std::uint16_t>(std::min<std::uint32_t>(window_.capacity(), 65535));
  }
  store_header(to, fields, size);
  store_options(to.subspan(header_size), what.options);
  if (!with_payload || what.length == 0) return size;
  send_queue::copy(what.payload, to.subspan(size, what.length));
  return size + what.length;
}

void connection::sent(const transmission& what, instant now) noexcept {
  ++shared_.count.sent;
  if ((what.flags & flag::rst) != 0) {
    ++shared_.count.resets_sent;
    reset_due_ = false;
    return;
  }
  // The answer may have come before the call that sent it returned, where a machine talks to itself.
  if (state_ == state::closed) return;
  if ((what.flags & flag::syn) != 0) {
    syn_due_ = false;
    syn_outstanding_ = true;
    sent_at_ = now;
    if (pending_ == pending::nothing) arm(pending::timeout, now + timeout());
    return;
  }
  const bool fin = (what.flags & flag::fin) != 0;
  const std::uint32_t numbers = what.length + (fin ? 1 : 0);
  if (numbers == 0) {
    if (what.is_probe) probe_due_ = false;
    return;
  }
  const bool first = queue_.outstanding() == 0;
  if (tail_due_) {
    tail_due_ = false;
    tail_outstanding_ = true;
    tail_was_again_ = what.again != nullptr;
    tail_end_ = what.seq + numbers;
    ++shared_.count.tail_probes;
  }
  reduction_.sent(what.length);
  push_small_ = window_used_ = false;
  sent_at_ = now;
  if (what.again != nullptr) {
    ++shared_.count.retransmitted;
    queue_.sent_again(*what.again, numbers, now);
    if (can_undo_ && !has_undo_stamp_) {
      undo_stamp_ = timestamp(now);
      has_undo_stamp_ = true;
    }
  } else {
    if (what.is_path_probe) path_probe_ = what.seq + numbers;
    if (!(what.is_path_probe ? queue_.sent_probe(numbers, now)
                             : queue_.sent(what.length, fin, now, longest())))
      return;
    fin_sent_ = fin_sent_ || fin;
    if ((what.flags & flag::cwr) != 0) tell_reduced_ = false;
    if (first) progress_at_ = now;
  }
  if (what.again == nullptr || pending_ == pending::nothing || pending_ == pending::window_probe)
    arm_for_loss(now);
}

}  // namespace mirage::tcp_protocol
