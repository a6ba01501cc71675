// SPDX-License-Identifier: ISC
// The round-trip time and the retransmission timeout: RFC 6298, with the weights of RFC 7323 appendix G for
// several samples a round, and the lowest recent round-trip time, for RACK.
#pragma once

#include <cstdint>

#include "mirage/core/time.hpp"

namespace mirage::tcp_protocol {

class rtt_estimator {
 public:
  /// The least is of the time beyond a smoothed round trip, and the most of all together. RFC 6298 §2.4 would
  /// have at least 1 s of all together; everybody takes less, because delays of acknowledgements are shorter
  /// today.
  struct bounds {
    duration least = 200ms;
    duration most = 60s;
  };

  /// A measured round trip; `samples` is how many are expected in one window of data.
  void sample(duration rtt, std::uint32_t samples, instant now) noexcept;

  [[nodiscard]] bool has_sample() const noexcept { return smoothed_ != 0; }
  /// 0 before the first sample.
  [[nodiscard]] duration smoothed() const noexcept { return duration(smoothed_); }
  /// The lowest of the last ten seconds or so; 0 before the first sample.
  [[nodiscard]] duration lowest() const noexcept { return duration(lowest_); }
  [[nodiscard]] duration latest() const noexcept { return duration(latest_); }

  /// With its backoff.
  [[nodiscard]] duration timeout(const bounds& within) const noexcept;
  /// §5.5: doubles it.
  void back_off() noexcept {
    if (backoff_ < 16) ++backoff_;
  }
  void reset_backoff() noexcept { backoff_ = 0; }
  [[nodiscard]] unsigned backoff() const noexcept { return backoff_; }
  /// §5.7: 3 s after the SYN was lost.
  void syn_was_lost() noexcept {
    if (!has_sample()) first_ = duration(3s).count();
    backoff_ = 0;
  }

 private:
  std::int64_t smoothed_ = 0;  // nanoseconds
  std::int64_t variation_ = 0;
  std::int64_t first_ = duration(1s).count();  // the timeout before a sample, §2.1
  std::int64_t lowest_ = 0;
  std::int64_t latest_ = 0;
  std::int64_t lowest_next_ = 0;  // of the window of time that runs
  instant lowest_since_{};
  std::uint8_t backoff_ = 0;
};

}  // namespace mirage::tcp_protocol
