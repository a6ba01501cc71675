// SPDX-License-Identifier: ISC
// A programmer's error stops the unikernel with the place. Nothing that comes from outside may lead here.
#pragma once

#include <string_view>

namespace mirage {

/// Prints `why` and the place, then stops the unikernel through the target's seam (exit status 2, or the
/// target's way to say "crashed"). The place is that of the call; std::source_location would put the name of
/// each function that checks something into the image.
[[noreturn]] void panic(std::string_view why, const char* file = __builtin_FILE(),
                        unsigned line = __builtin_LINE()) noexcept;

/// Checked in every build.
inline void require(bool condition, std::string_view why, const char* file = __builtin_FILE(),
                    unsigned line = __builtin_LINE()) noexcept {
  if (!condition) [[unlikely]]
    panic(why, file, line);
}

}  // namespace mirage
