// SPDX-License-Identifier: ISC
#include "power.hpp"

#include "mirage/core/machine.hpp"
#include "mirage/freestanding/x86_64/cpu.hpp"

namespace mirage {

void power_off(int status) noexcept {
  // A port that nothing listens at takes everything.
  // QEMU's isa-debug-exit ends with twice this and one, so that a status of 0 is not its own 1 for "failed".
  machine::out32(0xf4, static_cast<std::uint32_t>(127 - status));
  machine::out8(0x600, 0x34);     // cloud-hypervisor: ACPI S5
  machine::out16(0x604, 0x2000);  // QEMU q35: ACPI S5
  machine::out8(0x64, 0xfe);      // Firecracker: the keyboard controller's reset line
  // A fault without anybody to handle it resets the processor.
  constexpr struct [[gnu::packed]] {
    std::uint16_t limit = 0;
    std::uint64_t base = 0;
  } no_handlers;
  asm volatile("lidt %0; int3" : : "m"(no_handlers));
  freestanding::cpu::stop();
}

}  // namespace mirage
