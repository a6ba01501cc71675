// SPDX-License-Identifier: ISC
// `task<T>`: a lazy coroutine with one owner. It starts when it is awaited, or from the loop when it is
// spawned into a scope. Destroying a task destroys its frame, and with it everything that it waits for and
// every task that it awaits: that is the only way to cancel, and it needs no token.
//
// Rules for writing one (docs/compilers.md has the reasons): one `co_await` a statement; no lambda with
// captures and no braced aggregate as the argument of the awaited call, name it first; no local variable
// aligned more than `std::max_align_t`; no parameter of a class that is passed in registers although it has a
// destructor (refused); recursion of tasks bounded by the order of a hundred.
#pragma once

#include <concepts>
#include <coroutine>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

#include "mirage/core/frame.hpp"
#include "mirage/core/panic.hpp"

namespace mirage {

template <class T = void>
class task;

namespace detail {

template <class Promise>
struct promise_common : frame {
  initial_awaiter initial_suspend() noexcept { return {}; }
  final_awaiter final_suspend() noexcept { return final_awaiter(*this); }
  void unhandled_exception() noexcept {
#if MIRAGE_EXCEPTIONS
    this->failure = std::current_exception();
#endif
  }
  void rethrow_failure() {
#if MIRAGE_EXCEPTIONS
    if (this->failure) std::rethrow_exception(std::move(this->failure));
#endif
  }
};

template <class T>
struct task_promise_type : promise_common<task_promise_type<T>> {
  task<T> get_return_object() noexcept;
  static task<T> get_return_object_on_allocation_failure() noexcept;
  template <class U = T>  // so that `co_return {};` works, too
    requires std::constructible_from<T, U&&>
  void return_value(U&& result) noexcept(std::is_nothrow_constructible_v<T, U&&>) {
    value.emplace(std::forward<U>(result));
  }
  T take() {
    this->rethrow_failure();
    return *std::move(value);
  }
  std::optional<T> value;
};

template <>
struct task_promise_type<void> : promise_common<task_promise_type<void>> {
  task<void> get_return_object() noexcept;
  static task<void> get_return_object_on_allocation_failure() noexcept;
  void return_void() noexcept {}
  void take() { this->rethrow_failure(); }
};

}  // namespace detail

template <class T>
class [[nodiscard]] task {
 public:
  static_assert(!std::is_reference_v<T>, "a task gives a value; to refer to something, give a pointer");
  using promise_type = detail::task_promise_type<T>;
  using value_type = T;

  task() noexcept = default;
  task(task&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}
  task& operator=(task&& other) noexcept {
    task taken(std::move(other));
    std::swap(frame_, taken.frame_);
    return *this;
  }
  ~task() {
    if (frame_) frame_.destroy();
  }

  /// False for a moved-from task, and for one whose frame the capped pool refused: `scope::spawn` then
  /// answers `full`, and awaiting it stops the unikernel.
  [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(frame_); }

  struct awaiter {
    std::coroutine_handle<promise_type> child;
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <task_promise Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> parent) noexcept {
      child.promise().continuation = parent.address();
      child.promise().root = parent.promise().root;
      return child;
    }
    T await_resume() { return child.promise().take(); }
  };
  /// Starts the task at once; control comes back here at once when it ends.
  awaiter operator co_await() && noexcept {
    require(static_cast<bool>(frame_), "an empty task is awaited: the frame pool is at its limit");
    return {frame_};
  }

 private:
  friend promise_type;
  friend class scope;
  explicit task(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {
    static_assert(alignof(promise_type) <= 2 * sizeof(void*),
                  "over-aligned results of tasks are not supported");
  }
  std::coroutine_handle<promise_type> frame_;
};

namespace detail {
template <class T>
task<T> task_promise_type<T>::get_return_object() noexcept {
  return task<T>(std::coroutine_handle<task_promise_type>::from_promise(*this));
}
template <class T>
task<T> task_promise_type<T>::get_return_object_on_allocation_failure() noexcept {
  return {};
}
inline task<void> task_promise_type<void>::get_return_object() noexcept {
  return task<void>(std::coroutine_handle<task_promise_type>::from_promise(*this));
}
inline task<void> task_promise_type<void>::get_return_object_on_allocation_failure() noexcept { return {}; }

/// A class with a destructor that is passed in registers all the same (`[[clang::trivial_abi]]`), as
/// `std::unique_ptr` of libc++ is for WebAssembly. clang 19 destroys such a parameter of a coroutine twice.
template <class T>
concept destroyed_in_registers = __is_trivially_relocatable(T) && !std::is_trivially_destructible_v<T>;
}  // namespace detail

namespace detail {
template <class A>
decltype(auto) get_awaiter(A&& awaitable) {
  if constexpr (requires { std::forward<A>(awaitable).operator co_await(); })
    return std::forward<A>(awaitable).operator co_await();
  else
    return std::forward<A>(awaitable);
}
}  // namespace detail

/// True of anything that a task can await and that gives exactly an `R`: a `task<R>`, or an awaiter that
/// needs no frame when the answer is there at once.
template <class A, class R>
concept awaits = requires(A&& awaitable) {
  { detail::get_awaiter(std::forward<A>(awaitable)).await_resume() } -> std::same_as<R>;
};

}  // namespace mirage

/// What a function that gives a task is compiled to.
template <class T, class... Parameters>
struct std::coroutine_traits<mirage::task<T>, Parameters...> {
  static_assert(
      (!mirage::detail::destroyed_in_registers<Parameters> && ...),
      "a parameter of a task is of a class that is passed in registers although it has a destructor, "
      "which the compiler destroys twice (docs/compilers.md): write the move constructor of a class around "
      "it");
  using promise_type = typename mirage::task<T>::promise_type;
};
