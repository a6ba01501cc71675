// SPDX-License-Identifier: ISC
#pragma once

#include <array>
#include <cstddef>

#include <mirage/core/log.hpp>
#include <mirage/core/os.hpp>
#include <mirage/v1.hpp>

inline constexpr mirage::log_source dice_log{"random"};

/// 1 to 6, each as likely: a value from the incomplete last six is thrown again.
inline unsigned throw_die() {
  while (true) {
    std::array<std::byte, 1> value;
    mirage::os::random(value);
    const auto number = std::to_integer<unsigned>(value[0]);
    if (number < 252) return number % 6 + 1;
  }
}

inline mirage::task<> dice() {
  using mirage::os::random64;
  dice_log.info("32 bytes: {:016x}{:016x}{:016x}{:016x}", random64(), random64(), random64(), random64());
  for (int i = 0; i < 10; ++i) dice_log.info("die: {}", throw_die());
  co_return;
}
