// SPDX-License-Identifier: ISC
// The tables that tell the processor whom to call (Intel SDM volume 3, §3.5 and §6.10): segments, which long
// mode hardly uses, and a gate for each interrupt vector. Faults come on a stack of their own, because that
// of the unikernel may be what is broken, and because Debian's archives keep data below the stack pointer.
#pragma once

#include <array>
#include <cstdint>

#include "mirage/core/bytes.hpp"

namespace mirage::freestanding {

class descriptor_tables {
 public:
  descriptor_tables() noexcept = default;
  descriptor_tables(const descriptor_tables&) = delete;
  descriptor_tables& operator=(const descriptor_tables&) = delete;

  /// From now on faults are reported, on `fault_stack`, and stop the unikernel. The tables stay in use.
  void load(bytes fault_stack) noexcept;

  /// Interrupts of this vector enter at `code`, on the stack that is in use then.
  void set_gate(unsigned vector, void (*code)()) noexcept { set_gate(vector, code, 0); }

  static constexpr unsigned exceptions = 32;

 private:
  struct [[gnu::packed]] task_state {
    std::uint32_t reserved = 0;
    std::uint64_t privilege_stacks[3] = {};
    std::uint64_t reserved2 = 0;
    std::uint64_t interrupt_stacks[7] = {};
    std::uint64_t reserved3 = 0;
    std::uint16_t reserved4 = 0;
    std::uint16_t io_map = sizeof(task_state);  // none
  };
  struct gate {
    std::uint16_t code_low;
    std::uint16_t segment;
    std::uint8_t stack;
    std::uint8_t type;
    std::uint16_t code_middle;
    std::uint32_t code_high;
    std::uint32_t reserved;
  };
  void set_gate(unsigned vector, void (*code)(), std::uint8_t stack) noexcept;

  std::array<std::uint64_t, 5> segments_{};
  task_state task_;
  std::array<gate, 128> gates_{};
};

}  // namespace mirage::freestanding
