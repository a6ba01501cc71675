// SPDX-License-Identifier: ISC
// The part of a coroutine's frame that the loop knows. Used by task.hpp and scope.hpp; not for users.
#pragma once

#include <concepts>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <utility>

#include "mirage/core/compiler.hpp"
#include "mirage/core/list.hpp"
#include "mirage/core/waiter.hpp"

namespace mirage {

class scope;

namespace detail {

/// A frame is either a root, owned by a scope, or nested: awaited by the frame that `continuation` names.
/// A root's link is in its scope, or in the loop's graveyard from its cancelling to its destruction.
class frame : public list_link {
 public:
  static void* operator new(std::size_t size) noexcept;
  static void operator delete(void* memory, std::size_t size) noexcept;

  frame() noexcept = default;
  frame(const frame&) = delete;
  frame& operator=(const frame&) = delete;
  ~frame() {
    if (inner_scopes != nullptr) [[unlikely]]
      orphan_scopes();
  }

  // Every promise begins with its frame and is aligned no more than this (task.hpp asserts it), so the handle
  // of the frame is the handle of the coroutine.
  [[nodiscard]] std::coroutine_handle<> handle() noexcept {
    return std::coroutine_handle<frame>::from_promise(*this);
  }
  [[nodiscard]] bool is_root() const noexcept { return root == this; }

  frame* root = nullptr;
  union {
    waiter* start = nullptr;  // before it is awaited or spawned
    void* continuation;       // nested: the address of the coroutine that awaits it
    scope* owner;             // root: its scope
  };
  scope* inner_scopes = nullptr;      // roots only: the scopes that were made while it ran
  const char* name = nullptr;         // roots only; null when it was cancelled and is still there
  const char* waiting_for = nullptr;  // roots only
#if MIRAGE_EXCEPTIONS
  std::exception_ptr failure;
#endif

 private:
  void orphan_scopes() noexcept;
};

/// Where a coroutine goes when it ends. A nested one goes back to the one that awaited it, at once, and its
/// frame stays until that one has taken the result. A root tells its scope and does not stop at its end: its
/// frame is destroyed as it falls off it, before the loop has control again.
class final_awaiter {
 public:
  explicit final_awaiter(frame& ended) noexcept : root_(ended.is_root()) {
    if (root_) end_root(ended);
  }
  [[nodiscard]] bool await_ready() const noexcept { return root_; }
  template <class Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
    return std::coroutine_handle<>::from_address(ended.promise().continuation);
  }
  void await_resume() const noexcept {}

 private:
  static void end_root(frame& root) noexcept;
  bool root_;
};

/// A spawned task hangs in the ready queue by this until it runs for the first time.
struct initial_awaiter : waiter {
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> created) noexcept {
    resumes(created.promise());
    created.promise().start = this;
  }
  void await_resume() const noexcept {}
};

}  // namespace detail

inline void waiter::suspend(detail::frame& who, const char* reason) noexcept {
  resumes(who);
  who.root->waiting_for = reason;
}

/// The promises of coroutines that can wait for something.
template <class Promise> concept task_promise = std::derived_from<Promise, detail::frame>;

}  // namespace mirage
