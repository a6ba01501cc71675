// SPDX-License-Identifier: ISC
// The end of the machine.
#pragma once

namespace mirage {

/// Tries what the hypervisors understand, one after the other; QEMU's isa-debug-exit also gets the status.
[[noreturn]] void power_off(int status) noexcept;

}  // namespace mirage
