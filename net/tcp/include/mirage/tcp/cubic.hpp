// SPDX-License-Identifier: ISC
// CUBIC: RFC 9438. How the window grows in congestion avoidance and what a loss makes of it. Units are
// segments in floating point, as in the RFC; the caller's are bytes.
#pragma once

#include <cstdint>

#include "mirage/core/time.hpp"

namespace mirage::tcp_protocol {

class cubic {
 public:
  /// The window for which `window` is left when `acked` bytes have arrived, §4.2 to §4.5.
  [[nodiscard]] std::uint32_t grow(std::uint32_t window, std::uint32_t acked, std::uint32_t mss, instant now,
                                   duration smoothed_rtt) noexcept;
  /// The threshold after a loss, §4.6 and §4.7.
  [[nodiscard]] std::uint32_t reduce(std::uint32_t window, std::uint32_t mss) noexcept;
  /// The next growth begins a new epoch: after a timeout, or when the sender was idle.
  void end_epoch() noexcept { in_epoch_ = false; }

  /// W_max in bytes of a segment of `mss`, for undoing.
  [[nodiscard]] std::uint32_t maximum() const noexcept { return static_cast<std::uint32_t>(maximum_ * 256); }
  void restore(std::uint32_t maximum) noexcept {
    maximum_ = static_cast<float>(maximum) / 256;
    in_epoch_ = false;
  }

 private:
  void begin_epoch(float window, instant now) noexcept;

  float maximum_ = 0;     // W_max
  float origin_ = 0;      // the window at which the plateau lies in this epoch
  float inflection_ = 0;  // K, in seconds
  float friendly_ = 0;    // W_est
  float begin_ = 0;       // cwnd_prior at the reduction that ended, for alpha
  float fraction_ = 0;    // of a segment, not yet in the window
  instant since_{};
  bool in_epoch_ = false;
};

}  // namespace mirage::tcp_protocol
