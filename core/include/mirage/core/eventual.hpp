// SPDX-License-Identifier: ISC
// `eventual`: an answer that is there already, or the task that will bring it. For an interface between parts
// that are compiled separately, whose answer is mostly there: a frame is made only for waiting.
#pragma once

#include <coroutine>
#include <optional>
#include <type_traits>
#include <utility>

#include "mirage/core/task.hpp"

namespace mirage {

template <class T>
class [[nodiscard]] eventual {
 public:
  using value_type = T;

  eventual(T value) noexcept(std::is_nothrow_move_constructible_v<T>) : value_(std::move(value)) {}
  eventual(task<T> work) noexcept : work_(std::move(work)) {}

  /// False for a task whose frame the capped pool refused: awaiting it stops the unikernel.
  [[nodiscard]] explicit operator bool() const noexcept { return value_ || work_; }

  [[nodiscard]] bool await_ready() const noexcept { return value_.has_value(); }
  template <task_promise Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> who) noexcept {
    return working().await_suspend(who);
  }
  T await_resume() {
    if (value_) return *std::move(value_);
    return working().await_resume();
  }

 private:
  typename task<T>::awaiter working() noexcept { return std::move(work_).operator co_await(); }

  std::optional<T> value_;
  task<T> work_;
};

/// Starts what `work` awaits; a frame is made only if it has to wait.
template <class Awaitable>
[[nodiscard]] auto started(Awaitable work)
    -> eventual<decltype(detail::get_awaiter(std::declval<Awaitable>()).await_resume())> {
  using T = decltype(detail::get_awaiter(std::declval<Awaitable>()).await_resume());
  if constexpr (std::is_same_v<Awaitable, task<T>>) {
    return work;
  } else {
    if constexpr (requires { work.await_ready(); })
      if (work.await_ready()) return work.await_resume();
    return [](Awaitable rest) -> task<T> {
      auto result = co_await std::move(rest);
      co_return std::move(result);
    }(std::move(work));
  }
}

}  // namespace mirage
