// SPDX-License-Identifier: ISC
// SEGMENT ARRIVES: RFC 9293 §3.10.7, with the changes of RFC 5961 and RFC 7323.
#include <algorithm>
#include <utility>

#include "mirage/tcp/connection.hpp"

namespace mirage::tcp_protocol {

namespace {
// RFC 7323 §5.5: a timestamp of so long ago says nothing any more.
constexpr duration timestamps_are_stale = 24h * 24;
constexpr std::uint8_t segments_at_once = 16;
}  // namespace

bool connection::input(const segment& in, buffer&& payload, instant now) noexcept {
  switch (state_) {
    case state::closed: return false;
    case state::syn_sent: return arrives_in_syn_sent(in, now);
    default: return arrives(in, std::move(payload), now);
  }
}

// ---- §3.10.7.3 ------------------------------------------------------------------------------------------

bool connection::arrives_in_syn_sent(const segment& in, instant now) noexcept {
  // First, check the ACK bit. Our SYN is all that was sent.
  const bool acceptable = in.has(flag::ack) && in.ack == initial_ + 1;
  if (in.has(flag::ack) && !acceptable) {
    ++shared_.count.bad_acknowledgement;
    return in.has(flag::rst);
  }
  // Second, check the RST bit.
  if (in.has(flag::rst)) {
    if (acceptable) fail_with(v1::flow_error::refused);
    return true;
  }
  // Fourth, check the SYN bit.
  if (!in.has(flag::syn)) {
    ++shared_.count.no_acknowledgement;
    return true;
  }
  learn(in, now);
  heard_at_ = now;
  if (!acceptable) {
    // Simultaneous open: the SYN is sent again, with an acknowledgement.
    state_ = state::syn_received;
    syn_due_ = true;
    return true;
  }
  measure_handshake(in, now);
  synchronize(now);
  acknowledge_now_ = true;
  return true;
}

// ---- §3.10.7.4 ------------------------------------------------------------------------------------------

bool connection::arrives(segment in, buffer&& payload, instant now) noexcept {
  if (state_ == state::syn_received && in.has(flag::syn) && in.seq == peer_initial_) {
    if (!in.has(flag::ack)) {
      syn_due_ = true;  // the answer was lost
      if (agreed_.timestamps && in.options.times) recent_ = in.options.times->value;
      return true;
    }
    // Simultaneous open: the SYN is known, the acknowledgement is new.
    in.flags &= static_cast<std::uint8_t>(~flag::syn);
    in.seq += 1;
  }
  const auto length = static_cast<std::uint32_t>(payload.size()) + (in.has(flag::fin) ? 1u : 0u) +
                      (in.has(flag::syn) ? 1u : 0u);

  const sequence end = in.seq + length;

  // First, check the sequence number; before it PAWS (RFC 7323 §5.3), and RFC 5961 §4: a SYN, wherever it
  // lies, is answered.
  if (in.has(flag::syn) && !in.has(flag::rst) && is_synchronized()) {
    ++shared_.count.out_of_window;
    challenge(now);
    return true;
  }
  if (!in.has(flag::rst) && is_old_timestamp(in, now)) {
    ++shared_.count.old_timestamp;
    refuse_unacceptable(in, length, now);
    return true;
  }
  if (!is_acceptable(in, length)) {
    ++shared_.count.out_of_window;
    if (!in.has(flag::rst)) refuse_unacceptable(in, length, now);
    return true;
  }
  if (agreed_.timestamps && in.options.times && in.seq <= last_acknowledged_ && !in.has(flag::rst)) {
    recent_ = in.options.times->value;
    recent_at_ = now;
  }

  // Second, check the RST bit.
  if (in.has(flag::rst)) {
    take_reset(in, now);
    return true;
  }
  // Fourth, check the SYN bit: in SYN-RECEIVED a new one begins anew, which ends this attempt.
  if (in.has(flag::syn)) {
    if (passive_)
      become_closed();
    else
      fail_with(v1::flow_error::reset);
    return true;
  }
  trim(in, payload);

  // Fifth, check the ACK field.
  switch (take_acknowledgement(in, length, now)) {
    case verdict::dropped: return true;
    case verdict::reset: return false;
    case verdict::goes_on: break;
  }
  heard_at_ = now;
  probes_ = 0;
  if (state_ == state::closed) return true;

  // Sixth, check the URG bit: it is ignored, and its data comes with the rest (RFC 6093).

  // Seventh, process the segment text.
  take_congestion(in);
  if (closed_ && state_ == state::fin_wait_2 && !payload.empty()) {
    // Nobody reads any more, and all that we sent has arrived: RFC 9293 §3.10.7.1.
    ++shared_.count.after_close;
    become_closed();
    return false;
  }
  if (!payload.empty()) take_text(in, std::move(payload), now);

  // Eighth, check the FIN bit.
  if (in.has(flag::fin) && !fin_known_) {
    fin_known_ = true;
    fin_seq_ = end - 1u;
  }
  if (fin_known_ && !fin_arrived_ && rcv_nxt_ == fin_seq_) take_fin(now);
  if (fin_known_ && !fin_arrived_) acknowledge_now_ = true;
  return true;
}

bool connection::is_old_timestamp(const segment& in, instant now) const noexcept {
  if (!agreed_.timestamps) return false;
  if (!in.options.times) return true;  // RFC 7323 §3.2
  return static_cast<std::int32_t>(in.options.times->value - recent_) < 0 &&
         now - recent_at_ < timestamps_are_stale;
}

/// The table of §3.4, but that a segment right at the end of the window is taken in, for its acknowledgement:
/// a peer whose window is used up sends all of its acknowledgements from there.
bool connection::is_acceptable(const segment& in, std::uint32_t length) const noexcept {
  const sequence end = in.seq + length;
  return in.seq <= window_.edge() && (length == 0 ? end >= rcv_nxt_ : end > rcv_nxt_);
}

void connection::refuse_unacceptable(const segment& in, std::uint32_t length, instant now) noexcept {
  if (length == 0 || in.has(flag::syn)) return challenge(now);
  // RFC 2883: what came twice is reported.
  at_once_ = segments_at_once;
  if (agreed_.sack && in.seq + length <= rcv_nxt_) duplicate_ = {in.seq, in.seq + length};
  acknowledge_now_ = true;
  // The peer has not seen the acknowledgement of its FIN (§3.10.7.4, eighth).
  if (state_ == state::time_wait && in.has(flag::fin)) linger_at_ = now + shared_.options.time_wait_time;
}

void connection::take_reset(const segment& in, instant now) noexcept {
  // RFC 5961 §3.2.
  if (in.seq != rcv_nxt_) {
    ++shared_.count.bad_reset;
    challenge(now);
    return;
  }
  if (state_ == state::time_wait) return;  // RFC 1337
  ++shared_.count.reset_by_peer;
  if (state_ == state::syn_received) return fail_with(v1::flow_error::refused);
  fail_with(v1::flow_error::reset);
}

/// Cuts off what is known already and what lies beyond the window.
void connection::trim(segment& in, buffer& payload) noexcept {
  if (in.seq < rcv_nxt_) {
    const std::uint32_t known = rcv_nxt_ - in.seq;
    if (agreed_.sack && !payload.empty()) duplicate_ = {in.seq, rcv_nxt_};
    payload.drop_front(known);
    in.seq = rcv_nxt_;
    acknowledge_now_ = true;
  }
  const std::uint32_t room = window_.edge() > in.seq ? window_.edge() - in.seq : 0;
  if (payload.size() <= room) return;
  payload.truncate(room);
  in.flags &= static_cast<std::uint8_t>(~flag::fin);
  acknowledge_now_ = true;
}

connection::verdict connection::take_acknowledgement(const segment& in, std::uint32_t length,
                                                     instant now) noexcept {
  if (!in.has(flag::ack)) {
    ++shared_.count.no_acknowledgement;
    return verdict::dropped;
  }
  if (state_ == state::syn_received) {
    if (in.ack != queue_.nxt()) {
      ++shared_.count.bad_acknowledgement;
      return verdict::reset;
    }
    measure_handshake(in, now);
    send_window_ = largest_window_ = std::uint32_t{in.window} << agreed_.send_scale;
    window_seq_ = in.seq;
    window_ack_ = in.ack;
    synchronize(now);
  }
  // RFC 5961 §5.2: neither of what was not sent, nor older than anything that can be on the way.
  if (in.ack > queue_.nxt() || in.ack < queue_.una() - largest_window_) {
    ++shared_.count.bad_acknowledgement;
    challenge(now);
    return verdict::dropped;
  }
  acknowledged(in, length, now);
  if (fin_is_acknowledged()) finished_sending(now);
  return verdict::goes_on;
}

/// A SYN that was sent again is measured where the answer is to the last one (RFC 6298 §3).
void connection::measure_handshake(const segment& in, instant now) noexcept {
  const bool sure = syn_losses_ == 0 ||
                    (agreed_.timestamps && in.options.times && in.options.times->echo == timestamp(sent_at_));
  if (sure) rtt_.sample(now - sent_at_, 1, now);
}

/// Our FIN has arrived.
void connection::finished_sending(instant now) noexcept {
  switch (state_) {
    case state::fin_wait_1:
      state_ = state::fin_wait_2;
      if (closed_) linger_at_ = now + shared_.options.close_timeout;
      break;
    case state::closing: return enter_time_wait(now);
    case state::last_ack: return become_closed();
    default: break;
  }
}

/// RFC 3168 §6.1.3.
void connection::take_congestion(const segment& in) noexcept {
  if (!agreed_.ecn) return;
  if (in.has(flag::cwr)) echo_congestion_ = false;
  if (!in.congestion_experienced) return;
  echo_congestion_ = true;
  acknowledge_now_ = true;
}

void connection::take_text(const segment& in, buffer&& payload, instant now) noexcept {
  if (state_ != state::established && state_ != state::fin_wait_1 && state_ != state::fin_wait_2) return;
  const auto size = static_cast<std::uint32_t>(payload.size());
  const std::uint32_t one = in.coalesced != 0 ? in.coalesced : std::min<std::uint32_t>(size, path_.mss());
  receive_mss_ = std::max(receive_mss_, static_cast<std::uint16_t>(one));
  if (in.seq != rcv_nxt_) return take_out_of_order(in, std::move(payload));
  const bool had_gap = !out_of_order_.empty();
  if (!closed_ && !arrived_.append(std::move(payload))) {
    ++shared_.count.no_memory;
    return;
  }
  rcv_nxt_ += size;
  if (had_gap) {
    std::uint32_t more = 0;
    if (chunk* const list = out_of_order_.take(rcv_nxt_, more)) {
      arrived_.append(list, more);
      rcv_nxt_ += more;
    }
  }
  if (!closed_) tell(happened::readable);
  // What closes a gap, or a part of one, is acknowledged at once (RFC 5681 §4.2).
  if (had_gap)
    acknowledge_now_ = true;
  else
    acknowledge_later(size, now);
}

/// RFC 9293 §3.8.6.3: two full segments at most, and not for long. After a loss the peer's window is small,
/// and each acknowledgement moves it on (RFC 5681 §4.2 asks for it while there is a gap).
void connection::acknowledge_later(std::uint32_t length, instant now) noexcept {
  unacknowledged_ += length;
  const bool repairing = at_once_ > 0;
  if (repairing) --at_once_;
  if (repairing || unacknowledged_ >= 2u * receive_mss_)
    acknowledge_now_ = true;
  else if (acknowledge_at_ == never)
    acknowledge_at_ = now + shared_.options.acknowledgement_delay;
}

void connection::take_out_of_order(const segment& in, buffer&& payload) noexcept {
  acknowledge_now_ = true;
  at_once_ = segments_at_once;
  if (closed_) return;
  const std::uint32_t before = out_of_order_.bytes();
  const auto size = static_cast<std::uint32_t>(payload.size());
  if (!out_of_order_.insert(in.seq, receive_queue::compact(std::move(payload))))
    ++shared_.count.reassembly_full;
  if (agreed_.sack && out_of_order_.bytes() == before && size > 0) duplicate_ = {in.seq, in.seq + size};
}

void connection::take_fin(instant now) noexcept {
  fin_arrived_ = true;
  rcv_nxt_ += 1;
  acknowledge_now_ = true;
  tell(happened::readable);
  switch (state_) {
    case state::established: state_ = state::close_wait; break;
    case state::fin_wait_1: state_ = state::closing; break;
    case state::fin_wait_2: enter_time_wait(now); break;
    default: break;
  }
}

}  // namespace mirage::tcp_protocol
