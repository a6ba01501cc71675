// SPDX-License-Identifier: ISC
#include "mirage/tcp/hystart.hpp"

#include <algorithm>

namespace mirage::tcp_protocol {

namespace {
constexpr std::uint32_t least_threshold = 4000;  // microseconds
constexpr std::uint32_t most_threshold = 16000;
constexpr std::uint8_t samples_a_round = 8;
constexpr std::uint8_t conservative_rounds = 5;
}  // namespace

void hystart::begin_round(sequence nxt) noexcept {
  round_end_ = nxt;
  last_lowest_ = lowest_;
  lowest_ = unknown;
  samples_ = 0;
}

bool hystart::sample(duration rtt, sequence una, sequence nxt) noexcept {
  if (phase_ == phase::done) return true;
  if (!begun_ || una > round_end_) {
    const bool counts = begun_ && phase_ == phase::conservative;
    begin_round(nxt);
    begun_ = true;
    if (counts && ++conservative_rounds_ >= conservative_rounds) {
      phase_ = phase::done;
      return true;
    }
  }
  lowest_ = std::min(lowest_, static_cast<std::uint32_t>(rtt.count() / 1000));
  if (samples_ < samples_a_round) ++samples_;
  if (samples_ < samples_a_round) return false;
  if (phase_ == phase::slow_start && last_lowest_ != unknown) {
    const std::uint32_t threshold = std::clamp(last_lowest_ / 8, least_threshold, most_threshold);
    if (lowest_ >= last_lowest_ + threshold) {
      baseline_ = lowest_;
      conservative_rounds_ = 0;
      phase_ = phase::conservative;
    }
  } else if (phase_ == phase::conservative && lowest_ < baseline_) {
    // It was a short delay, not a queue.
    baseline_ = unknown;
    phase_ = phase::slow_start;
  }
  return false;
}

}  // namespace mirage::tcp_protocol
