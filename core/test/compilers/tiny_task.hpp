// SPDX-License-Identifier: ISC
// The least task that shows what a compiler makes of coroutines: lazy, awaited by symmetric transfer,
// cancelled by destroying it. It uses nothing of core's, which refuses the compilers that fail here.
#pragma once

#include <coroutine>
#include <cstdio>
#include <exception>
#include <optional>
#include <string>
#include <utility>

/// The coroutine that waits in `turn`, if one does.
inline std::coroutine_handle<> waiting;

struct turn {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> who) const noexcept { waiting = who; }
  void await_resume() const noexcept {}
};

template <class T>
struct tiny_task {
  struct promise_type {
    std::optional<T> value;
    std::coroutine_handle<> parent = std::noop_coroutine();
    tiny_task get_return_object() {
      return tiny_task(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    struct back_to_parent {
      bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> ended) const noexcept {
        return ended.promise().parent;
      }
      void await_resume() const noexcept {}
    };
    back_to_parent final_suspend() const noexcept { return {}; }
    void return_value(T result) { value.emplace(std::move(result)); }
    void unhandled_exception() { std::terminate(); }
  };

  explicit tiny_task(std::coroutine_handle<promise_type> of) : frame(of) {}
  tiny_task(tiny_task&& other) noexcept : frame(std::exchange(other.frame, {})) {}
  ~tiny_task() {
    if (frame) frame.destroy();
  }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> parent) noexcept {
    frame.promise().parent = parent;
    return frame;
  }
  T await_resume() { return *std::move(frame.promise().value); }

  std::coroutine_handle<promise_type> frame;
};

/// Counts itself, and owns memory, so that a copy too many or a destruction too many is seen.
struct counted {
  static inline int live = 0;
  std::string text;
  explicit counted(std::string of) : text(std::move(of)) { ++live; }
  counted(const counted& other) : text(other.text) { ++live; }
  counted(counted&& other) noexcept : text(std::move(other.text)) { ++live; }
  counted& operator=(const counted&) = default;
  counted& operator=(counted&&) = default;
  ~counted() { --live; }
};

inline const char* const long_text = "a text that does not fit into a string object itself";

/// Runs `make()` to its end and expects `wanted`; then starts it again and destroys it at each of its turns.
template <class Make>
int check(Make make, int wanted) {
  {
    auto work = make();
    waiting = work.frame;
    for (int turns = 0; !work.frame.done(); ++turns) {
      if (turns > 100) return std::puts("it never ends"), 1;
      std::exchange(waiting, {}).resume();
      if (!work.frame.done() && !waiting) return std::puts("it stopped in the middle"), 1;
    }
    const int result = *work.frame.promise().value;
    if (result != wanted) return std::printf("gives %d instead of %d\n", result, wanted), 1;
  }
  if (counted::live != 0) return std::printf("%d objects too many or too few\n", counted::live), 1;
  for (int turns = 0;; ++turns) {
    auto work = make();
    waiting = work.frame;
    for (int i = 0; i <= turns && !work.frame.done(); ++i) std::exchange(waiting, {}).resume();
    const bool ended = work.frame.done();
    {
      const auto cancelled = std::move(work);
    }
    if (counted::live != 0)
      return std::printf("%d objects too many or too few when cancelled\n", counted::live), 1;
    if (ended) return 0;
  }
}
