// SPDX-License-Identifier: ISC
#include "io_apic.hpp"

#include "mirage/core/machine.hpp"

namespace mirage::io_apic {

namespace {

// Two registers in memory: the number of another one, and its content.
void write(unsigned pin, unsigned half, std::uint32_t value) noexcept {
  constexpr unsigned redirections = 0x10;
  auto* const registers = reinterpret_cast<volatile std::byte*>(address + pin / pins * distance);
  machine::write32(registers, redirections + pin % pins * 2 + half);
  machine::write32(registers + 0x10, value);
}

constexpr std::uint32_t level_triggered = 1 << 15;
constexpr std::uint32_t masked = 1 << 16;

}  // namespace

void connect(unsigned pin, unsigned vector, std::uint32_t processor) noexcept {
  write(pin, 1, processor << 24);
  open(pin, vector);
}

void close(unsigned pin, unsigned vector) noexcept { write(pin, 0, vector | level_triggered | masked); }
void open(unsigned pin, unsigned vector) noexcept { write(pin, 0, vector | level_triggered); }

void disconnect(unsigned pin) noexcept { write(pin, 0, masked); }

}  // namespace mirage::io_apic
