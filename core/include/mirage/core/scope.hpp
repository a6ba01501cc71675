// SPDX-License-Identifier: ISC
// `scope`: owns tasks that run beside their owner. `~scope` cancels what is left, newest first;
// `co_await scope.join()` waits for all. Declare a scope after everything that its tasks refer to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "mirage/core/frame.hpp"
#include "mirage/core/list.hpp"
#include "mirage/core/result.hpp"
#include "mirage/core/task.hpp"

namespace mirage {

/// `full`: the frame pool has no room for another task.
enum class spawn_error : std::uint8_t { full };
[[nodiscard]] constexpr std::string_view describe(spawn_error) noexcept { return "no room for another task"; }

class scope {
 public:
  /// The scope belongs to the task that runs now (none: to whoever made it).
  scope() noexcept;
  scope(const scope&) = delete;
  scope& operator=(const scope&) = delete;
  /// Destroys what is left, at once, during an upcall too: a handler that lives in one of the tasks calls
  /// `cancel()` instead. A scope that is destroyed by a task inside it is a programmer's error and stops the
  /// unikernel, as does an exception that escaped from a task and that nobody joined.
  ~scope();

  /// Queues the task; it starts from the loop, never from inside this call. `name` is shown in the list of
  /// live tasks and must outlive the scope.
  result<void, spawn_error> spawn(task<void>&& work) noexcept { return spawn("task", std::move(work)); }
  result<void, spawn_error> spawn(const char* name, task<void>&& work) noexcept;

  /// `spawn(callable, args...)`: moves the callable and its arguments into the frame, so a lambda with
  /// captures is safe. (Passing the task that such a lambda returned is not: the lambda dies first.)
  template <class F, class... Arguments>
    requires std::is_invocable_r_v<task<void>, F&, Arguments&...>
  result<void, spawn_error> spawn(const char* name, F call, Arguments... arguments) {
    return spawn(name, invoke(std::move(call), std::move(arguments)...));
  }
  template <class F, class... Arguments>
    requires std::is_invocable_r_v<task<void>, F&, Arguments&...>
  result<void, spawn_error> spawn(F call, Arguments... arguments) {
    return spawn("task", invoke(std::move(call), std::move(arguments)...));
  }

  /// Destroys every task at once, newest first, except one that is running or contains the one that runs:
  /// that one is destroyed when it next gives control to the loop. Called during an upcall, all of them are
  /// destroyed at its end. The scope can be used again.
  void cancel() noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  class [[nodiscard]] join_awaiter;
  /// Waits until no task is left; where exceptions are on, rethrows the first that escaped from one (a later
  /// one is logged). One waiter at a time.
  join_awaiter join() noexcept;
  /// The same, but not beyond `deadline`; gives whether no task is left.
  class [[nodiscard]] join_until_awaiter;
  join_until_awaiter join_until(instant deadline) noexcept;
  /// Waits until a task ends; goes on at once if there is none.
  join_awaiter join_one() noexcept;
  /// The same, and the other tasks are cancelled in the moment in which the first one ends, so that none of
  /// them takes anything after that.
  join_awaiter join_first() noexcept;

 private:
  friend class detail::frame;
  friend class detail::final_awaiter;

  template <class F, class... Arguments>
  static task<void> invoke(F call, Arguments... arguments) {
    co_await std::invoke(call, arguments...);
  }
  enum class wanted : std::uint8_t { all, one, first };

  void enter(detail::frame* parent) noexcept;
  void leave_parent() noexcept;
  void finished(detail::frame& root) noexcept;
  void wake_joiner() noexcept;
  void clear(bool put_off) noexcept;
  void bury_own() noexcept;
  [[nodiscard]] detail::frame* child_around_running() noexcept;
  void rethrow_failure();

  list children_;
  std::size_t size_ = 0;
  timer* joiner_ = nullptr;
  detail::frame* parent_ = nullptr;
  scope* next_inner_ = nullptr;  // the parent's list of the scopes that it made
  scope** previous_inner_ = nullptr;
  wanted joiner_wants_ = wanted::all;
  bool has_graves_ = false;  // tasks of this scope may be in the graveyard when it is destroyed
#if MIRAGE_EXCEPTIONS
  void keep_failure(detail::frame& root) noexcept;
  const char* failed_ = nullptr;  // the name of the task
  std::exception_ptr failure_;
#endif

  friend class loop;
};

class scope::join_awaiter : timer {
 public:
  join_awaiter(const join_awaiter&) = delete;
  join_awaiter& operator=(const join_awaiter&) = delete;
  [[nodiscard]] bool await_ready() const noexcept { return scope_.size_ == 0; }
  template <task_promise Promise>
  void await_suspend(std::coroutine_handle<Promise> who) noexcept {
    wait(who.promise());
  }
  void await_resume() {
    if (scope_.joiner_ == this) scope_.joiner_ = nullptr;
    scope_.rethrow_failure();
  }
  ~join_awaiter() {
    if (scope_.joiner_ == this) abandon();
  }

 private:
  friend scope;
  friend class join_until_awaiter;
  join_awaiter(scope& joined, wanted what) noexcept : scope_(joined), wants_(what) {}
  void wait(detail::frame& who) noexcept;
  void abandon() noexcept;
  scope& scope_;
  wanted wants_;
};

class scope::join_until_awaiter : public scope::join_awaiter {
 public:
  bool await_resume() {
    scope::join_awaiter::await_resume();
    return done();
  }

 private:
  friend scope;
  join_until_awaiter(scope& joined, instant until) noexcept;
  [[nodiscard]] bool done() const noexcept;
};

inline scope::join_awaiter scope::join() noexcept { return {*this, wanted::all}; }
inline scope::join_until_awaiter scope::join_until(instant deadline) noexcept { return {*this, deadline}; }
inline scope::join_awaiter scope::join_one() noexcept { return {*this, wanted::one}; }
inline scope::join_awaiter scope::join_first() noexcept { return {*this, wanted::first}; }

}  // namespace mirage
