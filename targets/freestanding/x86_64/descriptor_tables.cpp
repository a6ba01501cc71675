// SPDX-License-Identifier: ISC
#include "mirage/freestanding/x86_64/descriptor_tables.hpp"

#include <bit>

extern "C" void (*const mirage_fault_entries[mirage::freestanding::descriptor_tables::exceptions])();

namespace mirage::freestanding {

namespace {

constexpr std::uint16_t code_segment = 8;
constexpr std::uint16_t task_segment = 24;
constexpr std::uint64_t code_descriptor = 0x00af'9b00'0000'ffff;
constexpr std::uint64_t data_descriptor = 0x00cf'9300'0000'ffff;

struct [[gnu::packed]] table_register {
  std::uint16_t limit;
  const void* base;
};

}  // namespace

void descriptor_tables::set_gate(unsigned vector, void (*code)(), std::uint8_t stack) noexcept {
  constexpr std::uint8_t interrupt_gate = 0x8e;
  const auto address = std::bit_cast<std::uintptr_t>(code);
  gates_[vector] = {.code_low = static_cast<std::uint16_t>(address),
                    .segment = code_segment,
                    .stack = stack,
                    .type = interrupt_gate,
                    .code_middle = static_cast<std::uint16_t>(address >> 16),
                    .code_high = static_cast<std::uint32_t>(address >> 32),
                    .reserved = 0};
}

void descriptor_tables::load(bytes fault_stack) noexcept {
  task_.interrupt_stacks[0] = std::bit_cast<std::uintptr_t>(fault_stack.data() + fault_stack.size());
  const std::uint64_t task = std::bit_cast<std::uintptr_t>(&task_);
  constexpr std::uint64_t available_task = 0x89;
  segments_ = {
      0, code_descriptor, data_descriptor,
      (sizeof(task_state) - 1) | (task & 0xff'ffff) << 16 | available_task << 40 | (task >> 24 & 0xff) << 56,
      task >> 32};
  for (unsigned vector = 0; vector < exceptions; ++vector) set_gate(vector, mirage_fault_entries[vector], 1);

  const table_register segments{sizeof segments_ - 1, segments_.data()};
  const table_register gates{sizeof gates_ - 1, gates_.data()};
  asm volatile("lgdt %0; lidt %1; ltr %2" : : "m"(segments), "m"(gates), "r"(task_segment) : "memory");
}

}  // namespace mirage::freestanding
