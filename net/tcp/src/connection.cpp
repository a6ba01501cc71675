// SPDX-License-Identifier: ISC
// How a connection begins and ends, and the application's calls: RFC 9293 §3.10.1 to §3.10.6.
#include "mirage/tcp/connection.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace mirage::tcp_protocol {

namespace {

constexpr std::uint16_t least_mss = 88;

/// RFC 7323 §2.3: so much that the largest window fits in 16 bits.
std::uint8_t scale_for(std::uint32_t window) noexcept {
  const int bits = static_cast<int>(std::bit_width(window));
  return static_cast<std::uint8_t>(std::clamp(bits - 16, 0, 14));
}

}  // namespace

connection::connection(resources& shared, const identity& who, const path& way) noexcept
    : shared_(shared),
      queue_(shared),
      arrived_(shared),
      out_of_order_(shared),
      window_(shared.options.receive_buffer, shared.options.receive_buffer_limit),
      congestion_(shared.options.congestion),
      path_(way),
      initial_(who.initial),
      timestamp_offset_(who.timestamp_offset),
      local_port_(who.local_port),
      peer_port_(who.peer_port) {
  queue_.begin(initial_ + 1);
  agreed_.receive_scale = scale_for(shared.options.receive_buffer_limit);
}

void connection::connect(instant now) noexcept {
  state_ = state::syn_sent;
  syn_due_ = true;
  ecn_asked_ = shared_.options.ecn;
  progress_at_ = heard_at_ = now;
}

void connection::accept(const segment& syn, instant now) noexcept {
  state_ = state::syn_received;
  passive_ = true;
  syn_due_ = true;
  progress_at_ = heard_at_ = now;
  learn(syn, now);
}

void connection::resume(const agreement& agreed, const segment& ack, instant now) noexcept {
  passive_ = true;
  const std::uint8_t scale = agreed_.receive_scale;
  agreed_ = agreed;
  agreed_.receive_scale = agreed.scaling ? scale : 0;
  // The cookie was our initial number.
  initial_ = ack.ack - 1u;
  queue_.begin(ack.ack);
  peer_initial_ = ack.seq - 1u;
  rcv_nxt_ = last_acknowledged_ = ack.seq;
  window_.begin(rcv_nxt_ + 65535);
  window_seq_ = ack.seq;
  window_ack_ = ack.ack;
  send_window_ = largest_window_ = std::uint32_t{ack.window} << agreed_.send_scale;
  if (ack.options.times) recent_ = ack.options.times->value;
  recent_at_ = progress_at_ = heard_at_ = now;
  synchronize(now);
}

/// What the peer's SYN says.
void connection::learn(const segment& syn, instant now) noexcept {
  const tcp_options& ours = shared_.options;
  const segment_options& theirs = syn.options;
  peer_initial_ = syn.seq;
  rcv_nxt_ = last_acknowledged_ = syn.seq + 1;
  window_.begin(rcv_nxt_);
  // RFC 9293 §3.7.1: 536, or 1220 for IPv6, where nothing is said.
  const std::uint16_t usual = path_.ip_header == 40 ? 1220 : 536;
  agreed_.peer_mss = std::max(least_mss, theirs.mss.value_or(usual));
  agreed_.scaling = ours.window_scaling && theirs.window_scale.has_value();
  agreed_.send_scale = agreed_.scaling ? *theirs.window_scale : std::uint8_t{0};
  if (!agreed_.scaling) agreed_.receive_scale = 0;
  agreed_.sack = ours.sack && theirs.sack_permitted;
  agreed_.timestamps = ours.timestamps && theirs.times.has_value();
  if (agreed_.timestamps) recent_ = theirs.times->value;
  recent_at_ = now;
  // RFC 3168 §6.1.1: a SYN asks with both flags, the answer has ECE alone.
  const bool both = syn.has(flag::ece) && syn.has(flag::cwr);
  agreed_.ecn =
      syn.has(flag::ack) ? ecn_asked_ && syn.has(flag::ece) && !syn.has(flag::cwr) : ours.ecn && both;
  // The window of a SYN is never scaled (RFC 7323 §2.2).
  send_window_ = largest_window_ = syn.window;
  window_seq_ = syn.seq;
  window_ack_ = syn.ack;
}

/// The handshake is done.
void connection::synchronize(instant now) noexcept {
  state_ = state::established;
  syn_due_ = syn_outstanding_ = false;
  set_segment_size();
  // RFC 6298 §5.7 and RFC 5681 §3.1: the network lost our SYN, so it is full.
  if (syn_losses_ > 0) rtt_.syn_was_lost();
  congestion_.start(send_mss_, syn_losses_ > 1 ? 1 : shared_.options.initial_window);
  progress_at_ = sent_at_ = now;
  path_probe_ = queue_.una();
  arm(pending::nothing, never);
  tell(happened::connected | happened::writable);
  ++(passive_ ? shared_.count.accepted : shared_.count.opened);
}

std::uint32_t connection::timestamp(instant now) const noexcept {
  return static_cast<std::uint32_t>(now.time_since_epoch().count() / 1'000'000) + timestamp_offset_;
}

bool connection::has_room() const noexcept {
  const std::uint32_t held = queue_.held();
  const std::uint32_t room =
      std::clamp(congestion_.window() * 2, shared_.options.send_buffer,
                 std::max(shared_.options.send_buffer, shared_.options.send_buffer_limit));
  return held + room / 4 <= room;
}

std::uint32_t connection::write(buffer& from, instant now) noexcept {
  if (!can_write() || from.empty()) return 0;
  if (queue_.held() == 0 && now - sent_at_ > timeout()) congestion_.restart_after_idle();
  const std::uint32_t room =
      std::clamp(congestion_.window() * 2, shared_.options.send_buffer,
                 std::max(shared_.options.send_buffer, shared_.options.send_buffer_limit));
  const std::uint32_t left = room > queue_.held() ? room - queue_.held() : 0;
  const std::uint32_t taken = queue_.append(from, left);
  if (!from.empty()) writer_waits_ = true;
  return taken;
}

buffer connection::read(instant now) noexcept {
  buffer data = arrived_.take();
  if (data.empty()) return data;
  window_.read(static_cast<std::uint32_t>(data.size()), now, rtt_.smoothed());
  if (!fin_arrived_ && window_.worth_telling(rcv_nxt_, arrived_.bytes(), receive_mss_))
    acknowledge_now_ = true;
  return data;
}

void connection::shutdown(instant) noexcept {
  if (fin_queued_ || !can_write()) return;
  fin_queued_ = true;
  state_ = state_ == state::close_wait ? state::last_ack : state::fin_wait_1;
}

void connection::close(instant now) noexcept {
  if (closed_) return;
  closed_ = true;
  arrived_.clear();
  out_of_order_.clear();
  if (state_ == state::syn_sent) return become_closed();
  if (state_ == state::syn_received) return abort(now);
  shutdown(now);
  if (state_ == state::fin_wait_2) linger_at_ = now + shared_.options.close_timeout;
}

void connection::abort(instant) noexcept {
  closed_ = true;
  if (state_ == state::closed || state_ == state::time_wait) return;
  // §3.10.5: in the other states the peer does not know of us, or has seen our end.
  const bool knows = state_ != state::syn_sent && state_ != state::closing && state_ != state::last_ack;
  reset_due_ = knows || queue_.unsent() > 0 || queue_.outstanding() > 1;
  if (state_ == state::syn_sent) reset_due_ = false;
  become_closed();
}

void connection::fail_with(v1::flow_error why) noexcept {
  failure_ = why;
  become_closed();
}

void connection::become_closed() noexcept {
  state_ = state::closed;
  queue_.clear();
  out_of_order_.clear();
  syn_due_ = acknowledge_now_ = probe_due_ = tail_due_ = false;
  arm(pending::nothing, never);
  acknowledge_at_ = linger_at_ = never;
  keep_alive_ = {};
  tell(happened::ended | happened::readable | happened::writable);
}

void connection::enter_time_wait(instant now) noexcept {
  state_ = state::time_wait;
  linger_at_ = now + shared_.options.time_wait_time;
  arm(pending::nothing, never);
  tell(happened::ended);
}

/// RFC 5961 §7: an acknowledgement that a forger could ask for is sent ten times a second at most.
void connection::challenge(instant now) noexcept {
  constexpr std::uint8_t most = 10;
  if (now - challenges_since_ >= 1s) {
    challenges_since_ = now;
    challenges_ = 0;
  }
  if (challenges_ == most) return;
  ++challenges_;
  ++shared_.count.challenges;
  acknowledge_now_ = true;
}

void connection::set_keep_alive(duration idle, instant now) noexcept {
  keep_alive_ = std::max(duration::zero(), idle);
  probes_ = 0;
  heard_at_ = std::max(heard_at_, now);
}

bool connection::is_outstanding(sequence quoted) const noexcept {
  if (syn_outstanding_) return quoted == initial_;
  return queue_.una() <= quoted && quoted < queue_.nxt();
}

void connection::unreachable(v1::flow_error why) noexcept {
  if (state_ == state::syn_sent || (state_ == state::syn_received && !passive_)) fail_with(why);
}

}  // namespace mirage::tcp_protocol
