// SPDX-License-Identifier: ISC
// The congestion window: slow start and congestion avoidance of RFC 5681, when slow start ends (hystart.hpp),
// and the policy for what lies beyond: NewReno (RFC 6582) or CUBIC (RFC 9438). When a loss has happened is
// decided elsewhere (rack.hpp), and how the window is approached while it is repaired is in
// proportional_reduction.hpp.
#pragma once

#include <cstdint>

#include "mirage/core/time.hpp"
#include "mirage/tcp/cubic.hpp"
#include "mirage/tcp/hystart.hpp"
#include "mirage/tcp/options.hpp"
#include "mirage/tcp/sequence.hpp"

namespace mirage::tcp_protocol {

class congestion {
 public:
  explicit congestion(congestion_algorithm chosen) noexcept : algorithm_(chosen) {}

  /// The handshake is done. `segments` as RFC 6928; one if the SYN was lost (RFC 5681 §3.1).
  void start(std::uint32_t mss, std::uint32_t segments) noexcept;
  /// The path takes other segments than before.
  void set_mss(std::uint32_t mss) noexcept;

  [[nodiscard]] std::uint32_t window() const noexcept { return window_; }        ///< cwnd, bytes
  [[nodiscard]] std::uint32_t threshold() const noexcept { return threshold_; }  ///< ssthresh, bytes
  [[nodiscard]] bool in_slow_start() const noexcept { return window_ < threshold_; }

  /// `acked` bytes arrived, in a time in which the window was what limited the sender; else it does not grow
  /// (RFC 9438 §4.2, RFC 7661).
  void acknowledged(std::uint32_t acked, instant now, duration smoothed_rtt) noexcept;
  /// A round-trip sample for HyStart; `una` and `nxt` mark the rounds.
  void sampled(duration rtt, sequence una, sequence nxt, instant now) noexcept;

  /// A loss or an ECN mark, once a window of data: lowers the threshold. The window follows by
  /// `set_window`.
  void reduce(std::uint32_t in_flight) noexcept;
  /// RFC 5681 §3.1: one segment, and slow start up to half of what was in flight.
  void timed_out(std::uint32_t in_flight, bool again) noexcept;
  void set_window(std::uint32_t bytes) noexcept;
  /// After an idle time of more than a timeout (RFC 5681 §4.1).
  void restart_after_idle() noexcept;

  /// What a spurious response is undone to (RFC 4015).
  struct saved {
    std::uint32_t window = 0;
    std::uint32_t threshold = 0;
    std::uint32_t cubic_maximum = 0;
  };
  [[nodiscard]] saved save() const noexcept { return {window_, threshold_, cubic_.maximum()}; }
  void restore(const saved& before) noexcept;

 private:
  [[nodiscard]] std::uint32_t reduced(std::uint32_t in_flight) noexcept;

  std::uint32_t window_ = 0;
  std::uint32_t threshold_ = most;
  std::uint32_t mss_ = 536;
  std::uint32_t initial_ = 0;
  std::uint32_t counted_ = 0;  // bytes acknowledged towards the next segment, NewReno
  congestion_algorithm algorithm_;
  cubic cubic_;
  hystart hystart_;

  static constexpr std::uint32_t most = 1U << 30;
};

}  // namespace mirage::tcp_protocol
