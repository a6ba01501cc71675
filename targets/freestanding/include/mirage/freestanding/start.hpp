// SPDX-License-Identifier: ISC
// From the first C++ function of a bare target to the unikernel, and what such a target defines besides
// core's `os::platform`: of that seam, `entropy` and `crash` are here already.
#pragma once

#include <string_view>

#include "mirage/core/bytes.hpp"
#include "mirage/freestanding/node.hpp"

namespace mirage::freestanding {

/// Makes thread-local memory, entropy and static objects, runs the unikernel with the words of `command_line`
/// and halts with its status. Words that are for the machine are put into `self.machine_words` instead.
/// `self` must be `os::here` and is never destroyed.
[[noreturn]] void start(node& self, std::string_view command_line,
                        bool (*is_for_machine)(std::string_view word) = nullptr) noexcept;

/// What each bare target defines.
namespace platform {

/// Ends the machine and tells the host the status as far as the host listens. Works at any time.
[[noreturn]] void halt(int status) noexcept;

/// Fills `out` with bytes that nobody can guess; false where the machine has no source of them.
bool seed(bytes out) noexcept;

/// Makes thread-local variables lie below `thread`, as the x86-64 psABI's TLS variant II has it.
void set_thread_pointer(void* thread) noexcept;

}  // namespace platform
}  // namespace mirage::freestanding
