// SPDX-License-Identifier: ISC
// Interrupts only end a sleep: they are let in at one place, leave a mark, and what they are about is polled
// by the loop.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "local_apic.hpp"
#include "mirage/core/loop.hpp"
#include "mirage/core/machine.hpp"
#include "mirage/freestanding/x86_64/descriptor_tables.hpp"

namespace mirage {

class interrupts {
 public:
  /// Pins of the I/O APICs; an interrupt is known by the number of its pin, or it is a message.
  static constexpr unsigned pins = 48;
  static constexpr unsigned messages = 16;
  static constexpr unsigned count = pins + messages;
  static constexpr std::size_t most_sources = 32;

  /// Switches the controllers on and measures the timer's rate, which takes a moment.
  void start(freestanding::descriptor_tables& tables) noexcept;

  /// Several devices may share an interrupt, as they do on PCI.
  void watch(event_source& source, unsigned interrupt) noexcept;
  void unwatch(event_source& source, unsigned interrupt) noexcept;

  /// One that nobody has yet, while there are any.
  std::optional<machine::interrupt_message> new_message() noexcept;

  /// Sleeps for at most `longest` and marks the sources whose interrupts have come; with nothing to wait for
  /// it only looks.
  void wait(loop& tasks, duration longest) noexcept;

  /// From the handler.
  void arrived(unsigned vector) noexcept;

 private:
  bool is_watched(unsigned interrupt) const noexcept;
  void open_lines() noexcept;
  void mark_arrived(loop& tasks) noexcept;
  local_apic local_;
  struct watched {
    event_source* source = nullptr;
    unsigned interrupt = 0;
  };
  std::array<watched, most_sources> sources_{};
  unsigned given_messages_ = 0;
  volatile std::uint64_t arrived_ = 0;  // a bit for each interrupt
  std::uint64_t closed_ = 0;            // pins of which we want no more until their sources were polled
};

}  // namespace mirage
