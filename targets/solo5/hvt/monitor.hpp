// SPDX-License-Identifier: ISC
// The monitor of hvt, as x86-64 calls it: the address of a call's arguments is written to the call's port.
#pragma once

#include <bit>
#include <cstdint>

#include "mirage/core/machine.hpp"
#include "mirage/solo5/hvt.hpp"

namespace mirage::solo5::hvt {

struct monitor {
  void operator()(call number, void* arguments) const noexcept {
    // The arguments lie on the stack, below 4 GiB as all of the machine's memory.
    asm volatile("" : : : "memory");
    machine::out32(static_cast<std::uint16_t>(first_port + static_cast<std::uint16_t>(number)),
                   static_cast<std::uint32_t>(std::bit_cast<std::uint64_t>(arguments)));
    asm volatile("" : : : "memory");
  }
};

}  // namespace mirage::solo5::hvt
