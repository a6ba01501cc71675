// SPDX-License-Identifier: ISC
// The interrupt controller of the processor (Intel SDM volume 3, chapter 11): its timer, and the end of an
// interrupt. In x2APIC mode where there is one, else by registers in memory.
#pragma once

#include <cstdint>

#include "mirage/core/time.hpp"
#include "mirage/freestanding/scale.hpp"

namespace mirage {

class local_apic {
 public:
  local_apic() noexcept = default;
  local_apic(const local_apic&) = delete;
  local_apic& operator=(const local_apic&) = delete;

  /// Switches it on. `timer_vector` comes when the timer has run out, `spurious_vector` for an
  /// interrupt that is gone when it is asked for.
  void start(unsigned timer_vector, unsigned spurious_vector) noexcept;

  /// Counts down from the largest number, without an interrupt; for measuring its rate.
  void count_down() noexcept;
  [[nodiscard]] std::uint32_t counter() const noexcept;
  /// Ticks of the timer for a nanosecond.
  void set_rate(freestanding::scale ticks) noexcept { ticks_ = ticks; }

  /// One interrupt after `wait`, or earlier: the counter is short. Replaces the one before.
  void interrupt_after(duration wait) noexcept;

  void end_of_interrupt() noexcept;

  /// Where interrupts of devices are sent.
  [[nodiscard]] std::uint32_t id() const noexcept;

  /// Where the registers in memory are.
  static constexpr std::uint64_t address = 0xfee0'0000;

 private:
  [[nodiscard]] std::uint32_t read(unsigned which) const noexcept;
  void write(unsigned which, std::uint32_t value) noexcept;
  bool x2_ = false;
  unsigned timer_vector_ = 0;
  freestanding::scale ticks_;
};

}  // namespace mirage
