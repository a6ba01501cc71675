// SPDX-License-Identifier: ISC
#include "local_apic.hpp"

#include <algorithm>

#include "mirage/core/machine.hpp"
#include "mirage/freestanding/x86_64/cpu.hpp"

namespace mirage {

namespace {

using namespace freestanding;

// Offsets in memory; a sixteenth of them above 0x800 is the model-specific register of x2APIC mode.
enum : unsigned {
  identification = 0x020,
  end = 0x0b0,
  spurious = 0x0f0,
  local_timer = 0x320,
  initial_count = 0x380,
  current_count = 0x390,
  divide = 0x3e0,
};
constexpr std::uint32_t msr_base = 0x1b;
constexpr std::uint64_t x2_mode = 1 << 10;
constexpr std::uint64_t global_enable = 1 << 11;
constexpr std::uint32_t enabled = 1 << 8;
constexpr std::uint32_t masked = 1 << 16;

volatile std::byte* at(unsigned which) noexcept {
  return reinterpret_cast<volatile std::byte*>(local_apic::address + which);
}

}  // namespace

std::uint32_t local_apic::read(unsigned which) const noexcept {
  if (x2_) return static_cast<std::uint32_t>(cpu::read_msr(0x800 + which / 16));
  return machine::read32(at(which));
}

void local_apic::write(unsigned which, std::uint32_t value) noexcept {
  if (x2_)
    cpu::write_msr(0x800 + which / 16, value);
  else
    machine::write32(at(which), value);
}

void local_apic::start(unsigned timer_vector, unsigned spurious_vector) noexcept {
  constexpr std::uint32_t has_x2 = 1 << 21;
  x2_ = (cpu::cpuid(1).ecx & has_x2) != 0;
  cpu::write_msr(msr_base, cpu::read_msr(msr_base) | global_enable | (x2_ ? x2_mode : 0));
  write(spurious, enabled | spurious_vector);
  constexpr std::uint32_t by_sixteen = 0b0011;
  write(divide, by_sixteen);
  timer_vector_ = timer_vector;
  write(local_timer, masked | timer_vector);
}

void local_apic::count_down() noexcept { write(initial_count, UINT32_MAX); }

std::uint32_t local_apic::counter() const noexcept { return read(current_count); }

void local_apic::interrupt_after(duration wait) noexcept {
  constexpr duration longest = 1h;
  const auto length = static_cast<std::uint64_t>(std::clamp(wait, duration{0}, longest).count());
  const std::uint64_t count = std::clamp<std::uint64_t>(ticks_(length), 1, UINT32_MAX);
  write(local_timer, timer_vector_);
  write(initial_count, static_cast<std::uint32_t>(count));
}

void local_apic::end_of_interrupt() noexcept { write(end, 0); }

std::uint32_t local_apic::id() const noexcept {
  const std::uint32_t value = read(identification);
  return x2_ ? value : value >> 24;
}

}  // namespace mirage
