// SPDX-License-Identifier: ISC
// Waiting with a deadline, and for something that others may end, without a task or a timer of its own each
// time: a connection waits for every request, and nearly always in vain for its deadline.
#pragma once

#include <coroutine>
#include <optional>
#include <type_traits>
#include <utility>

#include "mirage/core/frame.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/task.hpp"
#include "mirage/core/waiter.hpp"

namespace mirage::http {

class interruptible {
 public:
  interruptible() noexcept : alarm_(&interruptible::ring, this) {}
  interruptible(const interruptible&) = delete;
  interruptible& operator=(const interruptible&) = delete;

  template <class Work>
  class awaiter;
  /// Awaits `work`, a task or an awaiter, which starts at once; nothing if the deadline came or somebody
  /// interrupted first: the work is cancelled then. One at a time.
  template <class Work>
  [[nodiscard]] awaiter<Work> run(Work work, instant deadline) noexcept {
    return awaiter<Work>(*this, std::move(work), deadline);
  }

  /// Ends the wait, if there is one. Not to be called by the work itself.
  void interrupt() noexcept {
    if (current_ != nullptr) current_->cancel();
  }
  [[nodiscard]] bool waiting() const noexcept { return current_ != nullptr; }

 private:
  class operation : public waiter {
   public:
    virtual void cancel() noexcept = 0;

   protected:
    operation() = default;
    ~operation() = default;
  };

  void enter(operation& who, instant deadline) noexcept {
    current_ = &who;
    deadline_ = deadline;
    // A deadline that is later than the one before needs no work here: the alarm finds it when it rings.
    if (deadline < alarm_.due()) alarm_.set(deadline);
  }
  void leave(operation& who) noexcept {
    if (current_ == &who) current_ = nullptr;
  }
  static void ring(void* self) noexcept {
    auto& it = *static_cast<interruptible*>(self);
    if (it.current_ == nullptr) return;
    if (it.deadline_ > os::now()) return it.alarm_.set(it.deadline_);
    it.current_->cancel();
  }

  alarm alarm_;
  operation* current_ = nullptr;
  instant deadline_ = never;
};

template <class Work>
class [[nodiscard]] interruptible::awaiter final : interruptible::operation {
  using result_type = decltype(detail::get_awaiter(std::declval<Work>()).await_resume());

 public:
  awaiter(const awaiter&) = delete;
  ~awaiter() { owner_.leave(*this); }

  [[nodiscard]] bool await_ready() noexcept { return !work_ || inner().await_ready(); }
  template <task_promise Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> who) noexcept {
    who_ = &who.promise();
    owner_.enter(*this, deadline_);
    return start(inner(), who);
  }
  std::optional<result_type> await_resume() {
    owner_.leave(*this);
    if (!work_) return std::nullopt;
    return inner().await_resume();
  }

 private:
  friend interruptible;
  awaiter(interruptible& owner, Work work, instant deadline) noexcept : owner_(owner), deadline_(deadline) {
    // A task without a frame gives nothing.
    if constexpr (std::is_constructible_v<bool, Work&>)
      if (!work) return;
    work_.emplace(std::move(work));
  }
  /// The awaiter of a task is but its handle, and everything else that is awaited here is its own awaiter.
  decltype(auto) inner() noexcept { return detail::get_awaiter(std::move(*work_)); }
  template <class Promise>
  static std::coroutine_handle<> start(auto&& on, std::coroutine_handle<Promise> who) noexcept {
    if constexpr (std::is_void_v<decltype(on.await_suspend(who))>) {
      on.await_suspend(who);
      return std::noop_coroutine();
    } else {
      return on.await_suspend(who);
    }
  }
  void cancel() noexcept override {
    owner_.leave(*this);
    work_.reset();
    suspend(*who_, "interrupted");
    os::here->tasks.wake(*this);
  }

  interruptible& owner_;
  std::optional<Work> work_;
  detail::frame* who_ = nullptr;
  instant deadline_;
};

}  // namespace mirage::http
