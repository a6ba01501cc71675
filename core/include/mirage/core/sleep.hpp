// SPDX-License-Identifier: ISC
// Waiting for a time, and giving way to other tasks.
#pragma once

#include <coroutine>

#include "mirage/core/frame.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/time.hpp"
#include "mirage/core/waiter.hpp"

namespace mirage {

class [[nodiscard]] sleep_awaiter : timer {
 public:
  explicit sleep_awaiter(instant until) noexcept { deadline = until; }
  [[nodiscard]] bool await_ready() const noexcept { return deadline <= os::now(); }
  template <task_promise Promise>
  void await_suspend(std::coroutine_handle<Promise> who) noexcept {
    suspend(who.promise(), "sleep");
    os::here->tasks.sleep(*this);
  }
  void await_resume() const noexcept {}
};

/// Never shorter than `length`; longer by a tick of the timer wheel and the length of a round at most, if no
/// task holds the loop. Nothing or less goes on at once: to give way, `yield()`.
inline sleep_awaiter sleep_for(duration length) noexcept { return sleep_awaiter(later(os::now(), length)); }
inline sleep_awaiter sleep_until(instant when) noexcept { return sleep_awaiter(when); }

class [[nodiscard]] yield_awaiter : waiter {
 public:
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  template <task_promise Promise>
  void await_suspend(std::coroutine_handle<Promise> who) noexcept {
    suspend(who.promise(), "yield");
    os::here->tasks.wake(*this);
  }
  void await_resume() const noexcept {}
};

/// Lets the other ready tasks and the devices have their turn; goes on in the next round.
inline yield_awaiter yield() noexcept { return {}; }

}  // namespace mirage
