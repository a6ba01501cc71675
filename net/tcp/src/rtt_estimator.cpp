// SPDX-License-Identifier: ISC
#include "mirage/tcp/rtt_estimator.hpp"

#include <algorithm>

namespace mirage::tcp_protocol {

namespace {
// How long a lowest round-trip time counts, at least; at most twice.
constexpr duration lowest_window = 10s;
constexpr std::int64_t clock_granularity = duration(1ms).count();
}  // namespace

void rtt_estimator::sample(duration rtt, std::uint32_t samples, instant now) noexcept {
  const std::int64_t measured = std::max<std::int64_t>(1, rtt.count());
  latest_ = measured;
  if (smoothed_ == 0) {
    smoothed_ = measured;
    variation_ = measured / 2;
    lowest_ = lowest_next_ = measured;
    lowest_since_ = now;
  } else {
    // RFC 6298 §2.3 has the weights 1/4 and 1/8 for one sample a round trip.
    const std::int64_t slower = std::max<std::int64_t>(1, (samples + 1) / 2);
    const std::int64_t error = measured - smoothed_;
    variation_ += ((error < 0 ? -error : error) - variation_) / (4 * slower);
    smoothed_ += error / (8 * slower);
    smoothed_ = std::max<std::int64_t>(1, smoothed_);
    lowest_ = std::min(lowest_, measured);
    lowest_next_ = std::min(lowest_next_, measured);
  }
  if (now - lowest_since_ > lowest_window) {
    lowest_ = lowest_next_;
    lowest_next_ = measured;
    lowest_since_ = now;
  }
  backoff_ = 0;
}

duration rtt_estimator::timeout(const bounds& within) const noexcept {
  const std::int64_t most = within.most.count();
  // The bound holds for the variation, not for the whole: then a timeout is later than a smoothed round trip
  // by at least the time for which a peer may delay its acknowledgement.
  const std::int64_t spread = std::max({clock_granularity, 4 * variation_, within.least.count()});
  const std::int64_t once = std::min(has_sample() ? smoothed_ + spread : first_, most);
  return once > (most >> backoff_) ? duration(most) : duration(once << backoff_);
}

}  // namespace mirage::tcp_protocol
