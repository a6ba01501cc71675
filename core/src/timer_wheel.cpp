// SPDX-License-Identifier: ISC
#include "mirage/core/timer_wheel.hpp"

#include <algorithm>
#include <bit>

namespace mirage {

namespace {
constexpr unsigned tick_shift = 10;  // 1024 ns
// Up to this level a slot may be taken in the order of insertion: 64^2 ticks, 4.2 ms.
constexpr unsigned levels_unsorted = 2;
}  // namespace

std::uint64_t timer_wheel::tick_of(instant deadline) noexcept {
  const std::int64_t nanoseconds = deadline.time_since_epoch().count();
  if (nanoseconds <= 0) return 0;
  return (static_cast<std::uint64_t>(nanoseconds) + (1U << tick_shift) - 1) >> tick_shift;
}

void timer_wheel::insert(timer& entry) noexcept {
  place(entry, std::max(tick_of(entry.deadline), tick_ + 1));
}

// The level is given by the highest digit in which the tick differs from the present one: the entry moves
// down a level each time that the wheel reaches the digit.
void timer_wheel::place(timer& entry, std::uint64_t tick) noexcept {
  const std::uint64_t difference = tick ^ tick_;
  unsigned level =
      difference == 0 ? 0 : (63U - static_cast<unsigned>(std::countl_zero(difference))) / bits_a_level;
  level = std::min(level, levels - 1);
  const unsigned index = (tick >> (bits_a_level * level)) & (slots - 1);
  slot_[level][index].push_back(entry);
  occupied_[level] |= std::uint64_t{1} << index;
}

void timer_wheel::cascade(unsigned level, std::uint64_t target, list& due) noexcept {
  const unsigned index = (tick_ >> (bits_a_level * level)) & (slots - 1);
  if ((occupied_[level] >> index & 1) == 0) return;
  occupied_[level] &= ~(std::uint64_t{1} << index);
  // Someone who is late has no time for order: a slot that is due as a whole goes as a whole, so that its
  // entries, which are hardly in the cache, are not touched.
  const std::uint64_t slot_end = tick_ + (std::uint64_t{1} << (bits_a_level * level));
  if (level <= levels_unsorted && slot_end - 1 <= target) return due.append(slot_[level][index]);
  list moving;
  moving.append(slot_[level][index]);
  while (!moving.empty()) {
    auto& entry = static_cast<timer&>(moving.pop_front());
    __builtin_prefetch(&moving.front());
    const std::uint64_t tick = tick_of(entry.deadline);
    if (tick <= tick_)
      due.push_back(entry);
    else
      place(entry, tick);
  }
}

void timer_wheel::advance(instant now, list& due) noexcept {
  const auto target =
      static_cast<std::uint64_t>(std::max<std::int64_t>(now.time_since_epoch().count(), 0)) >> tick_shift;
  while (tick_ < target) {
    const std::uint64_t next = next_tick();
    if (next > target) {
      tick_ = target;
      return;
    }
    tick_ = next;
    for (unsigned level = levels - 1; level > 0; --level) {
      const std::uint64_t below = (std::uint64_t{1} << (bits_a_level * level)) - 1;
      if ((tick_ & below) == 0) cascade(level, target, due);
    }
    cascade(0, target, due);
  }
}

// The first tick after the present one at which a slot has to be looked at. Within a level only the slots
// above the present digit can hold anything; a lower level is always due before a higher one.
std::uint64_t timer_wheel::next_tick() noexcept {
  for (unsigned level = 0; level < levels; ++level) {
    const unsigned shift = bits_a_level * level;
    const unsigned present = (tick_ >> shift) & (slots - 1);
    // In the last level a deadline beyond the wheel's horizon may have wrapped around to a slot below.
    const bool last = level == levels - 1;
    std::uint64_t candidates = occupied_[level];
    if (!last) candidates &= present == slots - 1 ? 0 : ~std::uint64_t{0} << (present + 1);
    while (candidates != 0) {
      const unsigned rotation = last ? (present + 1) % slots : 0;
      const unsigned offset =
          static_cast<unsigned>(std::countr_zero(std::rotr(candidates, static_cast<int>(rotation))));
      const unsigned index = (offset + rotation) % slots;
      if (slot_[level][index].empty()) {
        occupied_[level] &= ~(std::uint64_t{1} << index);
        candidates &= ~(std::uint64_t{1} << index);
        continue;
      }
      const std::uint64_t base = tick_ >> shift << shift;
      const std::uint64_t digit_start = base - (std::uint64_t{present} << shift);
      const std::uint64_t wrap = index <= present ? std::uint64_t{slots} << shift : 0;
      return digit_start + (std::uint64_t{index} << shift) + wrap;
    }
  }
  return no_tick;
}

instant timer_wheel::next_deadline() noexcept {
  const std::uint64_t next = next_tick();
  if (next >= static_cast<std::uint64_t>(never.time_since_epoch().count()) >> tick_shift) return never;
  return instant{duration{static_cast<std::int64_t>(next << tick_shift)}};
}

}  // namespace mirage
