// SPDX-License-Identifier: ISC
// The first serial port of a PC (COM1, a 16550), which every hypervisor that boots us has: the console of the
// seam and of the last words.
#pragma once

#include <string_view>

namespace mirage::serial {

/// Waits for each character until the port takes it.
void write(std::string_view text) noexcept;

}  // namespace mirage::serial
