// SPDX-License-Identifier: ISC
// Where the console of the seam and last words are shown: the guest's first console. What is said before its
// ring can be reached goes to Xen's own log, where a hypervisor shows it with guest_loglvl=all.
#pragma once

#include <string_view>

namespace mirage::terminal {

/// Waits while the other end takes what it has; when it has taken nothing for five seconds, the text is lost.
void write(std::string_view text) noexcept;

/// Waits until the other end has taken all, at most five seconds after it took something.
void flush() noexcept;

}  // namespace mirage::terminal
