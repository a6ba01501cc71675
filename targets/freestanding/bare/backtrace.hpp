// SPDX-License-Identifier: ISC
// Who called whom, from the frame pointers that everything of ours keeps.
#pragma once

#include <cstdint>

namespace mirage::freestanding {

/// Prints a line a frame: `instruction`, unless it is 0, and then the callers, from `frame_pointer` on.
void print_backtrace(std::uint64_t instruction, std::uint64_t frame_pointer) noexcept;

}  // namespace mirage::freestanding
