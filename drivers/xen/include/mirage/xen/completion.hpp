// SPDX-License-Identifier: ISC
// Waiting for an operation that somebody else carries out. The operation goes on when its waiter is
// destroyed, and the other way round.
#pragma once

#include <coroutine>
#include <optional>
#include <utility>

#include "mirage/core/frame.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/waiter.hpp"

namespace mirage::xen {

template <class Outcome>
class completion;

/// The end of the operation: it tells its waiter, if one is left.
template <class Outcome>
class completer {
 public:
  completer() noexcept = default;
  completer(const completer&) = delete;
  completer& operator=(const completer&) = delete;
  void finish(Outcome how) {
    if (auto* const who = std::exchange(who_, nullptr)) who->finish(std::move(how));
  }

 private:
  friend completion<Outcome>;
  completion<Outcome>* who_ = nullptr;
};

/// The end of the waiter: `completion<int> done(operation.who, "reason"); int how = co_await done;`
template <class Outcome>
class completion : waiter {
 public:
  completion(completer<Outcome>& of, const char* reason) noexcept : of_(&of), reason_(reason) {
    of.who_ = this;
  }
  completion(const completion&) = delete;
  completion& operator=(const completion&) = delete;
  ~completion() {
    if (of_ != nullptr) of_->who_ = nullptr;
  }

  [[nodiscard]] bool await_ready() const noexcept { return of_ == nullptr; }
  template <task_promise Promise>
  void await_suspend(std::coroutine_handle<Promise> who) noexcept {
    suspend(who.promise(), reason_);
  }
  [[nodiscard]] Outcome await_resume() noexcept { return *std::move(outcome_); }

 private:
  friend completer<Outcome>;
  void finish(Outcome how) {
    of_ = nullptr;
    outcome_ = std::move(how);
    if (suspended() != nullptr) os::here->tasks.wake(*this);
  }
  completer<Outcome>* of_;
  const char* reason_;
  std::optional<Outcome> outcome_;
};

}  // namespace mirage::xen
