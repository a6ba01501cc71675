// SPDX-License-Identifier: ISC
// The last words of a process: why, where, and the way there. Nothing here allocates.
#pragma once

#include <string_view>

namespace mirage {

/// Prints the reason and a backtrace to the standard error and exits with `exit_status::crashed`.
[[noreturn]] void report_and_exit(std::string_view why, std::string_view where) noexcept;

/// Faults of the processor and `abort` print a backtrace, on a stack of their own, before they kill the
/// process as they would have.
void report_faults() noexcept;

}  // namespace mirage
