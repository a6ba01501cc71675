// SPDX-License-Identifier: ISC
// Multiplication by a fraction that is known at run time, without a division: how ticks become nanoseconds.
#pragma once

#include <cstdint>

namespace mirage::freestanding {

struct scale {
  std::uint64_t factor = 0;  // in units of 2^-32

  /// `from` ticks last as long as `to` units, which are fewer than 2^32 for each tick.
  [[nodiscard]] static constexpr scale between(std::uint64_t from, std::uint64_t to) noexcept {
    for (; from >> 32U != 0; from >>= 1U) to >>= 1U;
    return {(to / from << 32U) + (to % from << 32U) / from};
  }

  [[nodiscard]] constexpr std::uint64_t operator()(std::uint64_t ticks) const noexcept {
    __extension__ using wide = unsigned __int128;
    return static_cast<std::uint64_t>((wide{ticks} * factor) >> 32U);
  }
};

}  // namespace mirage::freestanding
