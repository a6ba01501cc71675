// SPDX-License-Identifier: ISC
#include "power_button.hpp"

#include "mirage/core/machine.hpp"
#include "mirage/core/os.hpp"

namespace mirage {

namespace {

// Where the firmware of QEMU's pc and q35 puts them.
enum : std::uint16_t { status = 0x600, enable = 0x602, control = 0x604 };
constexpr std::uint16_t nothing_there = 0xffff;
constexpr std::uint16_t pressed = 1 << 8;
constexpr unsigned interrupt = 9;

}  // namespace

void power_button::start() noexcept {
  if (machine::in16(control) == nothing_there) return;
  machine::watch_interrupt(*this, interrupt);
  machine::out16(enable, pressed);
}

bool power_button::poll() noexcept {
  if ((machine::in16(status) & pressed) != 0) {
    machine::out16(status, pressed);  // takes it back
    os::shutdown().set();
  }
  return false;
}

}  // namespace mirage
