// SPDX-License-Identifier: ISC
// `semaphore`: a number of permits, given in the order of asking. A permit granted to a task that is
// cancelled before it resumes passes on to the next.
#pragma once

#include <coroutine>
#include <cstddef>
#include <utility>

#include "mirage/core/frame.hpp"
#include "mirage/core/list.hpp"
#include "mirage/core/waiter.hpp"

namespace mirage {

class semaphore {
 public:
  explicit semaphore(std::size_t permits) noexcept : permits_(permits) {}
  semaphore(const semaphore&) = delete;
  semaphore& operator=(const semaphore&) = delete;

  /// Releases when it goes out of scope.
  class [[nodiscard]] permit {
   public:
    explicit permit(semaphore& from) noexcept : from_(&from) {}
    permit(permit&& other) noexcept : from_(std::exchange(other.from_, nullptr)) {}
    permit& operator=(permit&& other) noexcept {
      std::swap(from_, other.from_);
      return *this;
    }
    ~permit() { release(); }
    void release() noexcept {
      if (from_ != nullptr) std::exchange(from_, nullptr)->release();
    }

   private:
    semaphore* from_;
  };

  class [[nodiscard]] awaiter;
  /// `auto permit = co_await semaphore.acquire();`
  awaiter acquire() noexcept;
  /// Adds one permit: for handing a permit from one task to another, without a `permit` object.
  void release() noexcept;

  [[nodiscard]] std::size_t available() const noexcept { return permits_; }

 private:
  bool try_take() noexcept {
    // Those who wait go first, so that nobody starves.
    if (permits_ == 0 || !waiting_.empty()) return false;
    --permits_;
    return true;
  }
  list waiting_;
  std::size_t permits_;
};

class semaphore::awaiter : waiter {
 public:
  explicit awaiter(semaphore& of) noexcept : semaphore_(of) {}
  awaiter(const awaiter&) = delete;
  ~awaiter() {
    if (granted_) {
      unlink();
      semaphore_.release();
    }
  }
  [[nodiscard]] bool await_ready() noexcept { return semaphore_.try_take(); }
  template <task_promise Promise>
  void await_suspend(std::coroutine_handle<Promise> who) noexcept {
    suspend(who.promise(), "semaphore");
    semaphore_.waiting_.push_back(*this);
  }
  [[nodiscard]] permit await_resume() noexcept {
    granted_ = false;
    return permit(semaphore_);
  }

 private:
  friend semaphore;
  semaphore& semaphore_;
  bool granted_ = false;
};

inline semaphore::awaiter semaphore::acquire() noexcept { return awaiter(*this); }

}  // namespace mirage
