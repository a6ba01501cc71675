// SPDX-License-Identifier: ISC
// So many a second and no more: a bucket of tokens, kept as the time at which it would be full again (the
// generic cell rate algorithm, ITU-T I.371).
#pragma once

#include <cstdint>

#include "mirage/core/time.hpp"

namespace mirage {

class rate_limit {
 public:
  /// `a_second` on the average, `burst` at once after a rest; neither is 0.
  constexpr rate_limit(std::uint32_t a_second, std::uint32_t burst) noexcept
      : each_(duration{1s} / a_second), most_(each_ * burst) {}

  /// Whether there is one left; takes it.
  [[nodiscard]] constexpr bool take(instant now) noexcept {
    if (full_at_ < now) full_at_ = now;
    if (full_at_ - now + each_ > most_) return false;
    full_at_ += each_;
    return true;
  }

 private:
  duration each_;
  duration most_;
  instant full_at_{};
};

}  // namespace mirage
