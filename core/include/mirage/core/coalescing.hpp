// SPDX-License-Identifier: ISC
// When a server is busy, waiting some microseconds before looking at the devices makes batches: fewer
// wake-ups and system calls for the same packets. When it is not, or when each look finds a large batch
// anyway, waiting only costs latency. This decides.
#pragma once

#include <cstdint>

#include "mirage/core/time.hpp"

namespace mirage {

class coalescing_policy {
 public:
  /// The longest gathering, and how many events must be expected in that time for all of it to be taken: with
  /// fewer it is shorter in proportion. Zero switches it off.
  void set_limit(duration longest, std::uint32_t events) noexcept {
    limit_ = longest;
    full_ = events;
  }
  [[nodiscard]] duration limit() const noexcept { return limit_; }

  /// Told after each round: how many events its sources found.
  void observe(instant now, std::uint64_t events) noexcept;

  /// Nothing, unless events came so fast lately that the batch is expected to grow by half or more meanwhile.
  [[nodiscard]] duration window() const noexcept { return window_; }

 private:
  static constexpr duration period = 1ms;
  static constexpr std::uint32_t worth_waiting_for = 2;  // events

  duration limit_ = 200us;
  std::uint32_t full_ = 24;
  instant period_start_{};
  std::uint64_t events_ = 0;
  std::uint64_t rounds_ = 0;  // that had events
  duration window_{};
};

}  // namespace mirage
