// SPDX-License-Identifier: ISC
// Goes wrong in the way that it is told, to see that somebody notices.
#pragma once

#include <mirage/v1.hpp>

#include <cstdint>
#include <string_view>

inline int overflow_stack(volatile int* above) {
  volatile int here[64] = {};
  here[0] = *above + 1;
  return overflow_stack(here) + here[1];
}

inline mirage::task<> fault(std::string_view kind) {
  static constexpr std::uint32_t data[] = {0xc3c3c3c3};
  const volatile std::uintptr_t null = 0;
  if (kind == "read-null") static_cast<void>(*reinterpret_cast<volatile std::uint64_t*>(null + 8));
  if (kind == "jump-to-data") reinterpret_cast<void (*)()>(reinterpret_cast<std::uintptr_t>(data) + null)();
  if (kind == "write-code")
    *reinterpret_cast<volatile std::uint8_t*>(reinterpret_cast<std::uintptr_t>(&fault) + null) = 0xc3;
  if (kind == "overflow-stack") {
    volatile int start = 0;
    static_cast<void>(overflow_stack(&start));
  }
  if (kind == "system-call") {
    long number = 39;
    asm volatile("syscall" : "+a"(number) : : "rcx", "r11", "memory");
  }
  co_return;
}
