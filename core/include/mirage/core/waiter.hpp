// SPDX-License-Identifier: ISC
// What the loop can run: a suspended coroutine, through the waiter that its awaiter holds, or a call that a
// protocol's shell asked for at a certain time.
#pragma once

#include "mirage/core/list.hpp"
#include "mirage/core/time.hpp"

namespace mirage {

namespace detail {
class frame;
}

/// The node by which a suspended task hangs on the one list that can wake it: an event's, the timer wheel's
/// or the ready queue. It lives inside an awaiter, so inside the task's frame; destroying the frame destroys
/// it, and its destructor unlinks it. That is all that cancelling has to do.
class waiter : public list_link {
 public:
  waiter() noexcept = default;

  /// To be called by an awaiter's `await_suspend`. `reason` is shown in the list of live tasks; it must
  /// outlive the wait.
  void suspend(detail::frame& who, const char* reason) noexcept;

  [[nodiscard]] detail::frame* suspended() const noexcept { return frame_; }

 protected:
  void resumes(detail::frame& who) noexcept { frame_ = &who; }

 private:
  detail::frame* frame_ = nullptr;
};

/// A waiter that can hang in the timer wheel.
class timer : public waiter {
 public:
  instant deadline = never;
};

/// Calls a function from the loop, never from inside `set()`. For the shells of protocols, which hand
/// `core.next_timeout()` to it. Setting it again moves it; destroying it cancels it.
class alarm : private timer {
 public:
  using function = void (*)(void* argument) noexcept;
  alarm(function call, void* argument) noexcept : call_(call), argument_(argument) {}

  /// Due at `when`; `never` switches it off. Cannot fail.
  void set(instant when) noexcept;
  void clear() noexcept { set(never); }
  [[nodiscard]] instant due() const noexcept { return linked() ? deadline : never; }

 private:
  friend class loop;
  void ring() noexcept { call_(argument_); }
  function call_;
  void* argument_;
};

}  // namespace mirage
