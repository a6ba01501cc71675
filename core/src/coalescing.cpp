// SPDX-License-Identifier: ISC
#include "mirage/core/coalescing.hpp"

namespace mirage {

void coalescing_policy::observe(instant now, std::uint64_t events) noexcept {
  events_ += events;
  if (events > 0) ++rounds_;
  const duration elapsed = now - period_start_;
  if (elapsed < period) return;
  const double expected = static_cast<double>(events_) * static_cast<double>(limit_.count()) /
                          static_cast<double>(elapsed.count());
  // A round that waited has found what came meanwhile, too: without waiting its batch would be smaller by
  // that.
  const double batch = rounds_ == 0 ? 0 : static_cast<double>(events_) / static_cast<double>(rounds_);
  const double at_once = busy_ ? batch - expected : batch;
  busy_ = expected >= worth_waiting_for && expected >= at_once;
  period_start_ = now;
  events_ = rounds_ = 0;
}

}  // namespace mirage
