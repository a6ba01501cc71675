// SPDX-License-Identifier: ISC
// `event`: a flag that tasks can wait for. `co_await event` goes on at once when it is set.
#pragma once

#include <coroutine>

#include "mirage/core/frame.hpp"
#include "mirage/core/list.hpp"
#include "mirage/core/waiter.hpp"

namespace mirage {

class event {
 public:
  event() noexcept = default;
  event(const event&) = delete;
  event& operator=(const event&) = delete;

  /// Wakes everyone who waits; stays set until `reset`.
  void set() noexcept {
    set_ = true;
    notify();
  }
  void reset() noexcept { set_ = false; }
  [[nodiscard]] bool is_set() const noexcept { return set_; }
  /// Whether a task waits.
  [[nodiscard]] bool is_awaited() const noexcept { return !waiting_.empty(); }

  /// Wakes everyone who waits now, and leaves the flag as it is.
  void notify() noexcept;

  class [[nodiscard]] awaiter : waiter {
   public:
    explicit awaiter(event& of) noexcept : event_(of) {}
    [[nodiscard]] bool await_ready() const noexcept { return event_.set_; }
    template <task_promise Promise>
    void await_suspend(std::coroutine_handle<Promise> who) noexcept {
      suspend(who.promise(), "event");
      event_.waiting_.push_back(*this);
    }
    void await_resume() const noexcept {}

   private:
    event& event_;
  };
  awaiter operator co_await() noexcept { return awaiter(*this); }

 private:
  list waiting_;
  bool set_ = false;
};

}  // namespace mirage
