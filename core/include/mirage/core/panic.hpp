// SPDX-License-Identifier: ISC
// A programmer's error stops the unikernel with the place. Nothing that comes from outside may lead here.
#pragma once

#include <source_location>
#include <string_view>

namespace mirage {

/// Prints `why` and the place, then stops the unikernel through the target's seam (exit status 2, or the
/// target's way to say "crashed").
[[noreturn]] void panic(std::string_view why,
                        std::source_location place = std::source_location::current()) noexcept;

/// Checked in every build.
inline void require(bool condition, std::string_view why,
                    std::source_location place = std::source_location::current()) noexcept {
  if (!condition) [[unlikely]]
    panic(why, place);
}

}  // namespace mirage
