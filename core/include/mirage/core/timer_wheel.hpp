// SPDX-License-Identifier: ISC
// A hierarchical timing wheel (Varghese and Lauck, 1987): eight levels of 64 slots, intrusive, so that
// inserting cannot fail and cancelling is O(1) at any number of sleepers. One tick is 1.024 microseconds; a
// timer never fires early, and late by at most one tick and the length of a round.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "mirage/core/list.hpp"
#include "mirage/core/time.hpp"
#include "mirage/core/waiter.hpp"

namespace mirage {

class timer_wheel {
 public:
  timer_wheel() noexcept = default;

  /// `entry.deadline` says when. The entry must not be on a list.
  void insert(timer& entry) noexcept;

  /// Moves every entry due at or before `now` to the back of `due`, in the order of their ticks; only when
  /// the loop lags are those within 4.2 ms in the order of their insertion.
  void advance(instant now, list& due) noexcept;

  /// Not later than the earliest deadline, at most one slot of its level before it; `never` when empty.
  [[nodiscard]] instant next_deadline() noexcept;

 private:
  static constexpr unsigned bits_a_level = 6;
  static constexpr unsigned slots = 1U << bits_a_level;
  static constexpr unsigned levels = 8;  // 64^8 ticks: nine years; later deadlines wait in the last level
  static constexpr std::uint64_t no_tick = ~std::uint64_t{0};

  static std::uint64_t tick_of(instant deadline) noexcept;
  void place(timer& entry, std::uint64_t tick) noexcept;
  void cascade(unsigned level, std::uint64_t target, list& due) noexcept;
  std::uint64_t next_tick() noexcept;

  std::array<std::array<list, slots>, levels> slot_;
  std::array<std::uint64_t, levels> occupied_{};  // a set bit may be stale: cancelling does not clear it
  std::uint64_t tick_ = 0;
};

}  // namespace mirage
