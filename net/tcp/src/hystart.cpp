// SPDX-License-Identifier: ISC
#include "mirage/tcp/hystart.hpp"

#include <algorithm>

namespace mirage::tcp_protocol {

namespace {

constexpr std::uint32_t least_threshold = 4000;  // microseconds
constexpr std::uint32_t most_threshold = 16000;
constexpr std::uint8_t samples_a_round = 8;
constexpr std::uint8_t conservative_rounds = 5;
// On a short path acknowledgements are gathered by devices and by turns of the processor.
constexpr std::uint32_t least_train = 4000;
constexpr std::uint32_t least_gap = 2000;  // that ends a train
constexpr std::uint32_t gaps_a_train = 8;

std::uint32_t microseconds(duration length) noexcept { return static_cast<std::uint32_t>(length / 1us); }

}  // namespace

void hystart::begin_round(sequence nxt, instant now) noexcept {
  round_end_ = nxt;
  round_began_ = train_end_ = microseconds(now.time_since_epoch());
  last_lowest_ = lowest_;
  lowest_ = unknown;
  samples_ = 0;
}

bool hystart::sample(duration rtt, sequence una, sequence nxt, instant now) noexcept {
  if (phase_ == phase::done) return true;
  if (!begun_ || una > round_end_) {
    const bool counts = begun_ && phase_ == phase::conservative;
    begin_round(nxt, now);
    begun_ = true;
    if (counts && ++conservative_rounds_ >= conservative_rounds) {
      phase_ = phase::done;
      return true;
    }
  }
  lowest_ = std::min(lowest_, microseconds(rtt));
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

bool hystart::follow_train(instant now) noexcept {
  if (last_lowest_ == unknown) return false;
  const std::uint32_t at = microseconds(now.time_since_epoch());
  const std::uint32_t length = std::max(last_lowest_ / 2, least_train);
  if (at - train_end_ > std::max(length / gaps_a_train, least_gap)) return false;
  train_end_ = at;
  // A few that something has held up are no train.
  if (at - round_began_ < length || samples_ < samples_a_round) return false;
  phase_ = phase::done;
  return true;
}

}  // namespace mirage::tcp_protocol
