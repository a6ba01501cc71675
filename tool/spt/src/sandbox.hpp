// SPDX-License-Identifier: ISC
// What the unikernel may ask of the kernel: nine system calls, on the descriptors of its devices. The filter
// holds until the process ends and for whatever runs in it.
#pragma once

#include <span>
#include <string>

#include "devices.hpp"
#include "mirage/core/result.hpp"

namespace mirage::tender {

/// Any other call becomes SIGSYS (fault.hpp). An error is a sentence.
[[nodiscard]] result<void, std::string> enter_sandbox(std::span<const open_device> devices, int epoll,
                                                      int timer);

}  // namespace mirage::tender
