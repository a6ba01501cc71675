// SPDX-License-Identifier: ISC
// The core of one connection: RFC 9293. No I/O, no clock and no memory but the pools that it is lent. Inputs
// are calls; the output is `poll(now)`, one segment at a time, which `emit` writes where the driver wants it.
//
//   core.input(segment, std::move(payload), now);
//   while (core.poll(now, wanted)) {
//     ... core.emit(wanted, span, now); core.sent(wanted, now);     // or neither, when there is no room
//   }
//   alarm.set(core.next_timeout());
//
// The order of RFC 9293 §3.10.7 is kept in src/segment_arrives.cpp; what an acknowledgement means for the
// sender is in src/acknowledgement.cpp, what is sent next in src/transmit.cpp, and what happens when time
// passes in src/timeouts.cpp.
//
// Not implemented, on purpose: urgent data has no meaning here and is delivered as ordinary data (RFC 6093),
// data on a SYN is neither sent nor taken, so the peer sends it again (RFC 7413 is not implemented), and the
// type of service is always 0.
#pragma once

#include <cstdint>
#include <optional>

#include "mirage/core/buffer.hpp"
#include "mirage/core/bytes.hpp"
#include "mirage/core/time.hpp"
#include "mirage/tcp/congestion.hpp"
#include "mirage/tcp/path_search.hpp"
#include "mirage/tcp/proportional_reduction.hpp"
#include "mirage/tcp/rack.hpp"
#include "mirage/tcp/reassembly.hpp"
#include "mirage/tcp/receive_queue.hpp"
#include "mirage/tcp/receive_window.hpp"
#include "mirage/tcp/resources.hpp"
#include "mirage/tcp/rtt_estimator.hpp"
#include "mirage/tcp/segment.hpp"
#include "mirage/tcp/send_queue.hpp"
#include "mirage/v1.hpp"

namespace mirage::tcp_protocol {

/// RFC 9293 §3.3.2, without LISTEN, which is the table's.
enum class state : std::uint8_t {
  closed,
  syn_sent,
  syn_received,
  established,
  fin_wait_1,
  fin_wait_2,
  close_wait,
  closing,
  last_ack,
  time_wait
};

/// What the shell is to be told.
namespace happened {
inline constexpr std::uint8_t connected = 1;
inline constexpr std::uint8_t readable = 2;  ///< bytes, the end, or a failure
inline constexpr std::uint8_t writable = 4;  ///< room, or a failure
inline constexpr std::uint8_t ended = 8;     ///< CLOSED, or TIME-WAIT: the connection can go
}  // namespace happened

/// The way to the peer, as far as TCP cares.
struct path {
  std::uint32_t mtu = 1500;
  std::uint32_t ip_header = 20;     ///< 40 for IPv6
  std::uint32_t segment_bytes = 0;  ///< payload that the device cuts into segments; 0: none
  std::uint32_t slices = 0;         ///< buffers that it sends without copying
  [[nodiscard]] std::uint16_t mss() const noexcept {
    const std::uint32_t room = mtu > ip_header + 20 + 48 ? mtu - ip_header - 20 : 48;
    return static_cast<std::uint16_t>(room < 65495 ? room : 65495);
  }
};

/// What both ends have agreed upon in their SYNs.
struct agreement {
  std::uint16_t peer_mss = 536;  ///< RFC 9293 MUST-15; 1220 for IPv6
  std::uint8_t send_scale = 0;
  std::uint8_t receive_scale = 0;
  bool scaling = false;
  bool sack = false;
  bool timestamps = false;
  bool ecn = false;
};

class connection {
 public:
  struct identity {
    std::uint16_t local_port = 0;
    std::uint16_t peer_port = 0;
    sequence initial{};                  ///< ISS, RFC 6528
    std::uint32_t timestamp_offset = 0;  ///< RFC 7323 §5.4
  };

  connection(resources& shared, const identity& who, const path& way) noexcept;
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  // ---- How it begins: one of these, once ----

  /// Active: sends a SYN.
  void connect(instant now) noexcept;
  /// Passive: answers a SYN.
  void accept(const segment& syn, instant now) noexcept;
  /// Passive, from a SYN cookie: the handshake is done with `ack`.
  void resume(const agreement& agreed, const segment& ack, instant now) noexcept;

  // ---- The network's side ----

  /// False where the answer is the RST that a segment to no connection would get (RFC 9293 §3.10.7.1).
  [[nodiscard]] bool input(const segment& in, buffer&& payload, instant now) noexcept;
  /// What is to be sent now. True when there is something; nothing is changed until `sent`.
  [[nodiscard]] bool poll(instant now, transmission& out) noexcept {
    expire(now);
    out = {};
    if (!plan(out, now)) return false;
    out.options = options_for(out, now);
    return true;
  }
  /// Writes the header of what leaves now, and the payload behind it if `with_payload`. Gives the length.
  std::size_t emit(const transmission& what, bytes to, bool with_payload) noexcept;
  /// It left.
  void sent(const transmission& what, instant now) noexcept;
  /// When to call `poll` again though nothing came; `never`.
  [[nodiscard]] instant next_timeout() const noexcept;

  /// Whether a number that an ICMP report quotes was sent and is not acknowledged (RFC 5927 §4).
  [[nodiscard]] bool is_outstanding(sequence quoted) const noexcept;
  /// RFC 1191: the path takes no more than `mtu`; what is longer was lost.
  void path_is_shorter(std::uint32_t mtu, instant now) noexcept;
  /// A report that nobody can be reached: ends the connection only in the handshake (RFC 5927 §5).
  void unreachable(v1::flow_error why) noexcept;

  // ---- The application's side ----

  /// Takes bytes from the front of `from` as far as there is room, and gives how many.
  std::uint32_t write(buffer& from, instant now) noexcept;
  /// Whether `write` would take at least a useful part.
  [[nodiscard]] bool has_room() const noexcept;
  /// The next bytes; empty when there are none.
  [[nodiscard]] buffer read(instant now) noexcept;
  /// Whether reading has opened the window so far that `poll` has something to say.
  [[nodiscard]] bool has_to_tell() const noexcept { return acknowledge_now_; }
  [[nodiscard]] bool has_bytes() const noexcept { return !arrived_.empty(); }
  /// The peer's FIN came, and everything before it was read.
  [[nodiscard]] bool at_end() const noexcept { return fin_arrived_ && arrived_.empty(); }
  /// FIN; reading goes on.
  void shutdown(instant now) noexcept;
  /// FIN, and nothing more is read: what comes is thrown away.
  void close(instant now) noexcept;
  /// RST, where the peer knows of the connection.
  void abort(instant now) noexcept;

  void set_no_delay(bool on) noexcept { nagle_ = !on; }
  /// 0: never.
  void set_keep_alive(duration idle, instant now) noexcept;
  /// RFC 9293 R2, RFC 5482 §3: how long what was sent may wait for an acknowledgement before the connection
  /// fails with `timed_out`; 0: `tcp_options::user_timeout`. The peer is not told.
  void set_user_timeout(duration limit) noexcept { user_timeout_ = limit; }

  // ---- What can be seen ----

  [[nodiscard]] state current() const noexcept { return state_; }
  /// Why it is CLOSED without order.
  [[nodiscard]] std::optional<v1::flow_error> failure() const noexcept { return failure_; }
  [[nodiscard]] std::uint8_t take_events() noexcept { return std::exchange(events_, std::uint8_t{0}); }
  [[nodiscard]] bool is_passive() const noexcept { return passive_; }
  [[nodiscard]] bool can_write() const noexcept {
    return state_ == state::established || state_ == state::close_wait;
  }

  /// For tests, and for TIME-WAIT.
  [[nodiscard]] sequence snd_nxt() const noexcept { return queue_.nxt(); }
  [[nodiscard]] sequence snd_una() const noexcept { return queue_.una(); }
  [[nodiscard]] sequence rcv_nxt() const noexcept { return rcv_nxt_; }
  [[nodiscard]] const agreement& agreed() const noexcept { return agreed_; }
  [[nodiscard]] const congestion& window() const noexcept { return congestion_; }
  [[nodiscard]] const rtt_estimator& round_trip() const noexcept { return rtt_; }
  [[nodiscard]] std::uint16_t send_mss() const noexcept { return send_mss_; }
  [[nodiscard]] std::uint32_t recent_timestamp() const noexcept { return recent_; }
  [[nodiscard]] std::uint32_t timestamp(instant now) const noexcept;
  [[nodiscard]] std::uint32_t receive_capacity() const noexcept { return window_.capacity(); }
  [[nodiscard]] bool is_synchronized() const noexcept { return state_ >= state::established; }

 private:
  enum class phase : std::uint8_t { open, recovery, reduction, loss };
  enum class pending : std::uint8_t { nothing, timeout, tail_probe, reordering, window_probe };
  enum class doubt : std::uint8_t { none, timed_out, sends_new };  // RFC 5682: the step
  struct news;

  // segment_arrives.cpp: RFC 9293 §3.10.7
  [[nodiscard]] bool arrives_in_syn_sent(const segment& in, instant now) noexcept;
  [[nodiscard]] bool arrives(segment in, buffer&& payload, instant now) noexcept;
  [[nodiscard]] bool is_old_timestamp(const segment& in, instant now) const noexcept;
  [[nodiscard]] bool is_acceptable(const segment& in, std::uint32_t length) const noexcept;
  void refuse_unacceptable(const segment& in, std::uint32_t length, instant now) noexcept;
  void take_reset(const segment& in, instant now) noexcept;
  enum class verdict : std::uint8_t { goes_on, dropped, reset };
  [[nodiscard]] verdict take_acknowledgement(const segment& in, std::uint32_t length, instant now) noexcept;
  void take_text(const segment& in, buffer&& payload, instant now) noexcept;
  void take_out_of_order(const segment& in, buffer&& payload) noexcept;
  void acknowledge_later(std::uint32_t length, instant now) noexcept;
  void take_congestion(const segment& in) noexcept;
  void take_fin(instant now) noexcept;
  void trim(segment& in, buffer& payload) noexcept;
  void learn(const segment& syn, instant now) noexcept;
  void measure_handshake(const segment& in, instant now) noexcept;
  void synchronize(instant now) noexcept;
  void finished_sending(instant now) noexcept;

  // acknowledgement.cpp
  void acknowledged(const segment& in, std::uint32_t length, instant now) noexcept;
  void update_window(const segment& in) noexcept;
  void take_sacks(const segment& in, news& what, instant now) noexcept;
  void measure(const segment& in, const news& what, instant now) noexcept;
  void count_duplicates(const segment& in, const news& what, std::uint32_t length) noexcept;
  void detect_losses(bool advanced, instant now) noexcept;
  void begin_recovery(phase which, instant now) noexcept;
  void adjust_window(const news& what, instant now) noexcept;
  void end_recovery() noexcept;
  void finish_tail_probe(const segment& in, const news& what) noexcept;
  void mark_front_lost() noexcept;
  void arrived(const sent_segment& which, bool old, news& what, instant now) noexcept;
  void take_sample(duration took, const news& what, instant now) noexcept;

  // spurious.cpp
  void begin_doubt(bool first) noexcept;
  void look_for_mistakes(const segment& in, const news& what, std::uint32_t length) noexcept;
  [[nodiscard]] bool is_of_the_first(const segment& in) const noexcept;
  void undo() noexcept;

  // transmit.cpp
  [[nodiscard]] bool plan_handshake(transmission& out) noexcept;
  [[nodiscard]] bool plan_lost(transmission& out) noexcept;
  [[nodiscard]] bool plan_tail_probe(transmission& out) noexcept;
  [[nodiscard]] bool plan_new(transmission& out, instant now) noexcept;
  [[nodiscard]] bool plan_path_probe(transmission& out, instant now) const noexcept;
  [[nodiscard]] bool plan_control(transmission& out) noexcept;
  [[nodiscard]] std::uint32_t new_length(std::uint32_t room) const noexcept;
  [[nodiscard]] std::uint32_t longest() const noexcept;
  [[nodiscard]] std::uint32_t usual_length() const noexcept;
  [[nodiscard]] std::uint32_t peer_room() const noexcept;
  void fill(transmission& out, send_queue::place from, std::uint32_t length) const noexcept;
  [[nodiscard]] segment_options options_for(const transmission& what, instant now) const noexcept;
  [[nodiscard]] bool plan(transmission& out, instant now) noexcept;
  [[nodiscard]] bool uses_window() const noexcept;

  // timeouts.cpp
  void expire(instant now) noexcept;
  void retransmission_timeout(instant now) noexcept;
  void handshake_timeout(instant now) noexcept;
  void window_probe(instant now) noexcept;
  void keep_alive(instant now) noexcept;
  [[nodiscard]] bool peer_may_wait() const noexcept;
  [[nodiscard]] duration timeout() const noexcept;
  void arm(pending what, instant when) noexcept;
  void arm_timeout(instant now) noexcept;
  void arm_for_loss(instant now) noexcept;
  void arm_for_window(instant now) noexcept;

  // path_mtu.cpp
  [[nodiscard]] std::uint32_t payload_of(std::uint32_t mtu) const noexcept;
  [[nodiscard]] std::uint32_t small_mtu() const noexcept;
  void send_in_pieces() noexcept;
  void heed_sizes(const news& what, instant now) noexcept;
  [[nodiscard]] bool only_a_probe_was_lost(instant now) noexcept;
  void set_segment_size() noexcept;

  [[nodiscard]] duration user_timeout() const noexcept {
    return user_timeout_ > duration::zero() ? user_timeout_ : shared_.options.user_timeout;
  }

  // connection.cpp
  void fail_with(v1::flow_error why) noexcept;
  void become_closed() noexcept;
  void enter_time_wait(instant now) noexcept;
  void challenge(instant now) noexcept;
  [[nodiscard]] bool fin_is_acknowledged() const noexcept {
    return fin_sent_ && queue_.una() == queue_.nxt();
  }
  void tell(std::uint8_t what) noexcept { events_ |= what; }

  resources& shared_;
  send_queue queue_;
  receive_queue arrived_;
  reassembly out_of_order_;
  receive_window window_;
  rtt_estimator rtt_;
  congestion congestion_;
  proportional_reduction reduction_;
  rack rack_;
  path path_;
  path_search path_search_;
  agreement agreed_;

  // Times
  instant loss_at_ = never;  // for `pending_`
  instant acknowledge_at_ = never;
  instant linger_at_ = never;
  instant progress_at_{};  // something was acknowledged, or nothing was outstanding
  instant heard_at_{};
  instant sent_at_{};    // data, the last time
  instant recent_at_{};  // when `recent_` was taken
  instant challenges_since_{};
  duration keep_alive_{};
  duration user_timeout_{};  // 0: as the options say

  // RFC 9293 §3.3.1 names in the comments.
  sequence initial_;                  // ISS
  sequence peer_initial_{};           // IRS
  sequence window_seq_{};             // SND.WL1
  sequence window_ack_{};             // SND.WL2
  std::uint32_t send_window_ = 0;     // SND.WND
  std::uint32_t largest_window_ = 0;  // MAX.SND.WND, RFC 5961
  sequence rcv_nxt_{};                // RCV.NXT
  sequence last_acknowledged_{};      // Last.ACK.sent, RFC 7323
  sequence fin_seq_{};                // of the peer's FIN, when it is known
  sequence recovery_point_{};
  sequence tail_end_{};     // TLP.end_seq
  sequence reduced_at_{};   // ECN: no second reduction before this is acknowledged
  sequence loss_una_{};     // SND.UNA at the last timeout
  sequence pieces_end_{};   // of the segment that is sent again in small ones
  sequence path_probe_{};   // the end of the last one
  sack_block duplicate_{};  // to report (RFC 2883)
  congestion::saved before_loss_{};
  std::uint32_t undo_stamp_ = 0;  // the timestamp of the first retransmission (RFC 3522)
  std::uint32_t recent_ = 0;      // TS.Recent
  std::uint32_t timestamp_offset_ = 0;
  std::uint32_t unacknowledged_ = 0;  // bytes received since the last acknowledgement
  std::uint16_t local_port_ = 0;
  std::uint16_t peer_port_ = 0;
  std::uint16_t send_mss_ = 536;    // without options that every segment has
  std::uint16_t receive_mss_ = 88;  // the longest payload that came
  std::uint8_t at_once_ = 0;        // segments to acknowledge without delay, because the peer repairs a loss
  std::uint8_t duplicates_ = 0;     // acknowledgements, of a peer without SACK
  std::uint8_t challenges_ = 0;
  std::uint8_t probes_ = 0;  // unanswered keep-alive probes
  std::uint8_t window_probes_ = 0;
  std::uint8_t syn_losses_ = 0;
  std::uint8_t events_ = 0;
  state state_ = state::closed;
  phase phase_ = phase::open;
  pending pending_ = pending::nothing;
  doubt doubt_ = doubt::none;
  std::optional<v1::flow_error> failure_;

  bool passive_ : 1 = false;
  bool nagle_ : 1 = false;
  bool syn_due_ : 1 = false;
  bool syn_outstanding_ : 1 = false;
  bool acknowledge_now_ : 1 = false;
  bool reset_due_ : 1 = false;
  bool probe_due_ : 1 = false;
  bool tail_due_ : 1 = false;
  bool tail_outstanding_ : 1 = false;
  bool tail_was_again_ : 1 = false;  // the probe was a retransmission
  bool push_small_ : 1 = false;      // the override timer: a small segment may go
  bool fin_queued_ : 1 = false;
  bool fin_sent_ : 1 = false;
  bool fin_known_ : 1 = false;  // it came, perhaps before what lies before it
  bool fin_arrived_ : 1 = false;
  bool closed_ : 1 = false;  // by the application
  bool writer_waits_ : 1 = false;
  bool can_undo_ : 1 = false;
  bool has_undo_stamp_ : 1 = false;
  bool echo_congestion_ : 1 = false;  // ECE in what is sent
  bool tell_reduced_ : 1 = false;     // CWR in the next new data
  bool ecn_asked_ : 1 = false;
  bool has_reduced_ : 1 = false;
  bool in_pieces_ : 1 = false;
  bool pieces_tell_ : 1 = false;     // of the path, as it was a long one
  bool was_too_prompt_ : 1 = false;  // a timeout was spurious
  bool window_used_ : 1 = false;     // up, when all was sent that may be
};

}  // namespace mirage::tcp_protocol
