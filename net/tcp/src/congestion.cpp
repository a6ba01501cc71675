// SPDX-License-Identifier: ISC
#include "mirage/tcp/congestion.hpp"

#include <algorithm>

namespace mirage::tcp_protocol {

namespace {
// How many segments one acknowledgement counts for in slow start: RFC 9406 §4.2, without pacing.
constexpr std::uint32_t acked_at_once = 8;
}  // namespace

void congestion::start(std::uint32_t mss, std::uint32_t segments) noexcept {
  mss_ = mss;
  initial_ = segments;
  // RFC 6928 §2.
  window_ = std::min(segments * mss, std::max(2 * mss, segments * 1460));
}

void congestion::set_mss(std::uint32_t mss) noexcept {
  mss_ = mss;
  window_ = std::max(window_, mss);
}

void congestion::sampled(duration rtt, sequence una, sequence nxt, instant now) noexcept {
  // Later slow starts have a threshold that a loss has found.
  if (threshold_ == most && hystart_.sample(rtt, una, nxt, now)) threshold_ = window_;
}

void congestion::acknowledged(std::uint32_t acked, instant now, duration smoothed_rtt) noexcept {
  if (in_slow_start()) {
    const std::uint32_t divisor = threshold_ == most ? hystart_.divisor() : 1;
    const std::uint32_t step = std::min(acked, acked_at_once * mss_) / divisor;
    const std::uint32_t grown = std::min(window_ + step, std::max(threshold_, window_));
    acked -= std::min(acked, step * divisor);
    set_window(grown);
    if (threshold_ == most && hystart_.follow_train(now)) threshold_ = window_;
    if (in_slow_start() || acked == 0) return;
  }
  if (algorithm_ == congestion_algorithm::cubic) {
    set_window(cubic_.grow(window_, acked, mss_, now, smoothed_rtt));
    return;
  }
  // RFC 5681 §3.1 by bytes: one segment a window.
  counted_ += acked;
  if (counted_ < window_) return;
  counted_ -= window_;
  set_window(window_ + mss_);
}

std::uint32_t congestion::reduced(std::uint32_t in_flight) noexcept {
  if (algorithm_ == congestion_algorithm::cubic) return cubic_.reduce(window_, mss_);
  return std::min(in_flight, window_) / 2;
}

void congestion::reduce(std::uint32_t in_flight) noexcept {
  threshold_ = std::max(reduced(in_flight), 2 * mss_);
  counted_ = 0;
}

void congestion::timed_out(std::uint32_t in_flight, bool again) noexcept {
  if (!again) {
    // RFC 9438 §4.8: the threshold as after any loss.
    threshold_ = algorithm_ == congestion_algorithm::cubic ? cubic_.reduce(window_, mss_) : in_flight / 2;
    threshold_ = std::max(threshold_, 2 * mss_);
  }
  window_ = mss_;
  counted_ = 0;
  cubic_.end_epoch();
}

void congestion::set_window(std::uint32_t bytes) noexcept { window_ = std::clamp(bytes, mss_, most); }

void congestion::restart_after_idle() noexcept {
  window_ = std::min(window_, std::max(2 * mss_, initial_ * mss_));
  cubic_.end_epoch();
}

void congestion::restore(const saved& before) noexcept {
  set_window(std::max(window_, before.window));
  threshold_ = std::max(threshold_, before.threshold);
  cubic_.restore(before.cubic_maximum);
}

}  // namespace mirage::tcp_protocol
