// SPDX-License-Identifier: ISC
// The host's kernel, as x86-64 calls it.
#pragma once

namespace mirage::solo5::spt {

struct kernel {
  long operator()(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0,
                  long f = 0) const noexcept {
    register long fourth asm("r10") = d;
    register long fifth asm("r8") = e;
    register long sixth asm("r9") = f;
    asm volatile("syscall"
                 : "+a"(number)
                 : "D"(a), "S"(b), "d"(c), "r"(fourth), "r"(fifth), "r"(sixth)
                 : "rcx", "r11", "memory");
    return number;
  }
};

}  // namespace mirage::solo5::spt
