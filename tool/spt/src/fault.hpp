// SPDX-License-Identifier: ISC
// The report of a unikernel's fault. It runs inside of the sandbox, on a stack of its own and with whatever
// thread pointer the unikernel has set: so it calls nothing of the C library.
#pragma once

#include <string_view>

#include "mirage/core/text_writer.hpp"

namespace mirage::tender {

/// Reports faults of the processor and forbidden system calls to the standard error from now on, and ends the
/// process with 128 and the signal's number. Must be called before the sandbox is entered.
void report_faults() noexcept;

struct fault_registers {
  unsigned long instruction = 0;
  unsigned long stack = 0;
};

/// The sentence. `value` is the address that was touched, or the number of the system call.
void describe_fault(text_writer& out, int signal, unsigned long value,
                    const fault_registers& registers) noexcept;

}  // namespace mirage::tender
