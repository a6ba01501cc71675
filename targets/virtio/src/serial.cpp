// SPDX-License-Identifier: ISC
#include "serial.hpp"

#include "mirage/core/machine.hpp"

namespace mirage::serial {

namespace {

constexpr std::uint16_t data = 0x3f8;
constexpr std::uint16_t line_status = data + 5;
constexpr std::uint8_t can_take = 0x20;

}  // namespace

void write(std::string_view text) noexcept {
  for (const char character : text) {
    while ((machine::in8(line_status) & can_take) == 0) {
    }
    machine::out8(data, static_cast<std::uint8_t>(character));
  }
}

}  // namespace mirage::serial
