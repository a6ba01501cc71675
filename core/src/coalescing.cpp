// SPDX-License-Identifier: ISC
#include "mirage/core/coalescing.hpp"

#include <algorithm>

namespace mirage {

void coalescing_policy::observe(instant now, std::uint64_t events) noexcept {
  events_ += events;
  if (events > 0) ++rounds_;
  const duration elapsed = now - period_start_;
  if (elapsed < period) return;
  const double rate = static_cast<double>(events_) / static_cast<double>(elapsed.count());
  const double share = std::min(1.0, rate * static_cast<double>(limit_.count()) / full_);
  const duration wanted(static_cast<duration::rep>(static_cast<double>(limit_.count()) * share));
  const double expected = rate * static_cast<double>(wanted.count());
  // A round that waited has found what came meanwhile, too: without waiting its batch would be smaller by
  // that.
  const double batch = rounds_ == 0 ? 0 : static_cast<double>(events_) / static_cast<double>(rounds_);
  const double at_once = batch - rate * static_cast<double>(window_.count());
  window_ = expected >= worth_waiting_for && 2 * expected >= at_once ? wanted : duration::zero();
  period_start_ = now;
  events_ = rounds_ = 0;
}

}  // namespace mirage
