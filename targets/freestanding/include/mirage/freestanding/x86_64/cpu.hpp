// SPDX-License-Identifier: ISC
// Instructions of the processor that C++ has no words for (Intel SDM volume 2, AMD64 APM volume 3).
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/core/bytes.hpp"

namespace mirage::freestanding::cpu {

struct cpuid_result {
  std::uint32_t eax, ebx, ecx, edx;
};
inline cpuid_result cpuid(std::uint32_t leaf, std::uint32_t subleaf = 0) noexcept {
  cpuid_result found{};
  asm volatile("cpuid"
               : "=a"(found.eax), "=b"(found.ebx), "=c"(found.ecx), "=d"(found.edx)
               : "a"(leaf), "c"(subleaf));
  return found;
}

/// Counts at a constant rate on every machine that can run us; `clock` knows which.
inline std::uint64_t time_stamp() noexcept {
  std::uint32_t low = 0;
  std::uint32_t high = 0;
  asm volatile("rdtsc" : "=a"(low), "=d"(high));
  return std::uint64_t{high} << 32 | low;
}

inline std::uint64_t read_msr(std::uint32_t which) noexcept {
  std::uint32_t low = 0;
  std::uint32_t high = 0;
  asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(which));
  return std::uint64_t{high} << 32 | low;
}
inline void write_msr(std::uint32_t which, std::uint64_t value) noexcept {
  asm volatile("wrmsr"
               :
               : "c"(which), "a"(static_cast<std::uint32_t>(value)),
                 "d"(static_cast<std::uint32_t>(value >> 32))
               : "memory");
}

inline constexpr std::uint32_t msr_fs_base = 0xc0000100;

/// Fills `out` from RDRAND; false where the processor has none, or where it stays without numbers.
bool random(std::byte* out, std::size_t size) noexcept;

/// The address that the last page fault was about.
inline std::uint64_t fault_address() noexcept {
  std::uint64_t address = 0;
  asm volatile("mov %%cr2, %0" : "=r"(address));
  return address;
}

/// Translates addresses by these tables from now on (`page_tables::root`).
inline void load_page_tables(std::uint64_t root) noexcept {
  asm volatile("mov %0, %%cr3" : : "r"(root) : "memory");
}

/// Calls a function that does not return on a stack of its own.
[[noreturn]] inline void call_on(bytes stack, void (*function)(void*), void* argument) noexcept {
  asm volatile("mov %0, %%rsp; xor %%ebp, %%ebp; push %%rbp; call *%1; ud2"
               :
               : "r"(stack.data() + stack.size() - 8), "r"(function), "D"(argument)
               : "memory");
  __builtin_unreachable();
}

[[noreturn]] inline void stop() noexcept {
  for (;;) asm volatile("cli; hlt");
}

}  // namespace mirage::freestanding::cpu
