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
  /// The longest gathering; zero switches it off.
  void set_limit(duration longest) noexcept { limit_ = longest; }
  [[nodiscard]] duration limit() const noexcept { return limit_; }

  /// Told after each round: how many events its sources found.
  void observe(instant now, std::uint64_t events) noexcept;

  /// Nothing, unless events came so fast lately that the batch is expected to at least double within the
  /// limit.
  [[nodiscard]] duration window() const noexcept { return busy_ ? limit_ : duration::zero(); }

 private:
  static constexpr duration period = 1ms;
  static constexpr double worth_waiting_for = 2;  // events expected within the limit

  duration limit_ = 50us;
  instant period_start_{};
  std::uint64_t events_ = 0;
  std::uint64_t rounds_ = 0;  // that had events
  bool busy_ = false;
};

}  // namespace mirage
