// SPDX-License-Identifier: ISC
#include "mirage/core/coalescing.hpp"

namespace mirage {

void coalescing_policy::observe(instant now, std::uint64_t polls) noexcept {
  events_ += polls;
  const duration elapsed = now - period_start_;
  if (elapsed < period) return;
  busy_ =
      limit_ > duration::zero() && elapsed / limit_ <= static_cast<std::int64_t>(events_) / worth_waiting_for;
  period_start_ = now;
  events_ = 0;
}

}  // namespace mirage
