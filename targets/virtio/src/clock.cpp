// SPDX-License-Identifier: ISC
#include "clock.hpp"

#include "mirage/core/machine.hpp"
#include "mirage/core/panic.hpp"
#include "mirage/freestanding/x86_64/cpu.hpp"
#include "paravirtual_clock.hpp"
#include "real_time_clock.hpp"

namespace mirage {

namespace {

using freestanding::cpu::time_stamp;

// Counter 2 of the timer chip, which counts down 1193182 times a second while bit 0 of port 0x61 is set.
class timer_chip {
 public:
  timer_chip() noexcept {
    machine::out8(gate, 0x01);     // counts, the loudspeaker is off
    machine::out8(mode, 0xb0);     // counter 2, low byte first, mode 0
    machine::out8(counter, 0xff);  // starts with the high byte
    machine::out8(counter, 0xff);
  }
  [[nodiscard]] std::uint16_t read() const noexcept {
    machine::out8(mode, 0x80);  // latch
    const unsigned low = machine::in8(counter);
    return static_cast<std::uint16_t>(low | unsigned{machine::in8(counter)} << 8);
  }
  static constexpr std::uint64_t rate = 1'193'182;

 private:
  static constexpr std::uint16_t counter = 0x42;
  static constexpr std::uint16_t mode = 0x43;
  static constexpr std::uint16_t gate = 0x61;
};

struct pair {
  std::uint64_t stamp;
  std::uint16_t count;
};

// A port is slow on a virtual machine: of some attempts, the one in which the two readings were closest.
pair read_both(const timer_chip& timer) noexcept {
  pair best{};
  std::uint64_t shortest = UINT64_MAX;
  for (unsigned attempt = 0; attempt < 4; ++attempt) {
    const std::uint64_t before = time_stamp();
    const std::uint16_t count = timer.read();
    const std::uint64_t took = time_stamp() - before;
    if (took < shortest) {
      shortest = took;
      best = {before + took / 2, count};
    }
  }
  return best;
}

freestanding::scale measure() noexcept {
  constexpr unsigned ticks = timer_chip::rate / 500;
  const timer_chip timer;
  const pair first = read_both(timer);
  pair last = first;
  for (unsigned attempts = 0; first.count - last.count < ticks; ++attempts) {
    require(attempts < 1'000'000 && last.count <= first.count,
            "the timer chip does not count, so there is nothing to measure time against");
    last = read_both(timer);
  }
  const auto passed = static_cast<std::uint64_t>(first.count - last.count);
  return freestanding::scale::between((last.stamp - first.stamp) * timer_chip::rate, passed * 1'000'000'000);
}

}  // namespace

pc_clock::pc_clock() noexcept {
  if (const auto given = read_paravirtual_clock()) {
    nanoseconds_ = given->nanoseconds;
    origin_ = given->at;
    wall_offset_ = given->wall - wall_time{};
  } else {
    nanoseconds_ = measure();
    origin_ = time_stamp();
    wall_offset_ = read_real_time_clock() - wall_time{};
  }
}

instant pc_clock::monotonic() const noexcept {
  return instant{duration{static_cast<std::int64_t>(nanoseconds_(time_stamp() - origin_))}};
}

}  // namespace mirage
