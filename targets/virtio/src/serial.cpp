// SPDX-License-Identifier: ISC
#include "serial.hpp"

#include "mirage/core/machine.hpp"
#include "mirage/core/os.hpp"

namespace mirage::serial {

namespace {

enum : std::uint16_t { data = 0x3f8, interrupt_enable = 0x3f9, modem_control = 0x3fc, line_status = 0x3fd };
constexpr std::uint8_t has_data = 0x01;
constexpr std::uint8_t can_take = 0x20;
constexpr unsigned interrupt = 4;
constexpr std::uint8_t end_of_text = 0x03;  // Ctrl-C

}  // namespace

void write(std::string_view text) noexcept {
  for (const char character : text) {
    while ((machine::in8(line_status) & can_take) == 0) {
    }
    machine::out8(data, static_cast<std::uint8_t>(character));
  }
}

void listener::start() noexcept {
  machine::watch_interrupt(*this, interrupt);
  machine::out8(modem_control, 0x0b);  // the line to the interrupt controller is behind its second output
  machine::out8(interrupt_enable, 0x01);
}

bool listener::poll() noexcept {
  while ((machine::in8(line_status) & has_data) != 0) {
    if (machine::in8(data) == end_of_text) os::shutdown().set();
  }
  return false;
}

}  // namespace mirage::serial
