// SPDX-License-Identifier: ISC
// When a server is busy, waiting some microseconds before looking at the devices makes batches: fewer
// wake-ups and system calls for the same packets. When it is not, waiting only costs latency. This decides.
#pragma once

#include <cstdint>

#include "mirage/core/time.hpp"

namespace mirage {

class coalescing_policy {
 public:
  /// The longest gathering; zero switches it off.
  void set_limit(duration longest) noexcept { limit_ = longest; }
  [[nodiscard]] duration limit() const noexcept { return limit_; }

  /// Told after each round: how many event sources had something.
  void observe(instant now, std::uint64_t polls) noexcept;

  /// Nothing, unless events came so fast lately that several more are expected within the limit.
  [[nodiscard]] duration window() const noexcept { return busy_ ? limit_ : duration::zero(); }

 private:
  static constexpr duration period = 1ms;
  static constexpr std::int64_t worth_waiting_for = 2;  // events expected within the limit

  duration limit_ = 20us;
  instant period_start_{};
  std::uint64_t events_ = 0;
  bool busy_ = false;
};

}  // namespace mirage
