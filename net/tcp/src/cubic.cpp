// SPDX-License-Identifier: ISC
#include "mirage/tcp/cubic.hpp"

#include <algorithm>

namespace mirage::tcp_protocol {

namespace {

constexpr float c = 0.4F;     // §5, segments per second cubed
constexpr float beta = 0.7F;  // §4.6
constexpr float alpha = 3 * (1 - beta) / (1 + beta);

// Newton's method; no mathematical library in a unikernel for one root.
float cube_root(float x) noexcept {
  if (x <= 0) return 0;
  float root = x > 1 ? x : 1;
  while (root * root * root > 8 * x) root /= 2;
  for (int i = 0; i < 12; ++i) root -= (root * root * root - x) / (3 * root * root);
  return root;
}

float seconds(duration length) noexcept { return static_cast<float>(length.count()) * 1e-9F; }

}  // namespace

void cubic::begin_epoch(float window, instant now) noexcept {
  in_epoch_ = true;
  since_ = now;
  origin_ = std::max(maximum_, window);
  inflection_ = maximum_ > window ? cube_root((maximum_ - window) / c) : 0;
  friendly_ = window;
  fraction_ = 0;
}

std::uint32_t cubic::grow(std::uint32_t window, std::uint32_t acked, std::uint32_t mss, instant now,
                          duration smoothed_rtt) noexcept {
  const float segments = static_cast<float>(window) / static_cast<float>(mss);
  const float arrived = static_cast<float>(acked) / static_cast<float>(mss);
  if (!in_epoch_) begin_epoch(segments, now);
  const float t = seconds(now - since_ + smoothed_rtt) - inflection_;
  const float target = std::clamp(origin_ + c * t * t * t, segments, segments * 1.5F);
  // §4.3: as fast as a Reno sender with this reduction would be; beyond the old window, as fast as Reno.
  friendly_ += (friendly_ < begin_ ? alpha : 1.0F) * arrived / segments;
  float grown = segments;
  if (friendly_ > target)
    grown = std::max(segments, friendly_);
  else
    grown += (target - segments) / segments * arrived;
  fraction_ += (grown - segments) * static_cast<float>(mss);
  const auto whole = static_cast<std::uint32_t>(std::max(0.0F, fraction_));
  fraction_ -= static_cast<float>(whole);
  return window + whole;
}

std::uint32_t cubic::reduce(std::uint32_t window, std::uint32_t mss) noexcept {
  const float segments = static_cast<float>(window) / static_cast<float>(mss);
  begin_ = segments;
  // §4.7, fast convergence: who has less than before leaves more to others.
  maximum_ = segments < maximum_ ? segments * (1 + beta) / 2 : segments;
  in_epoch_ = false;
  return static_cast<std::uint32_t>(static_cast<float>(window) * beta);
}

}  // namespace mirage::tcp_protocol
