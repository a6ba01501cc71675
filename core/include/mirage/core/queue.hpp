// SPDX-License-Identifier: ISC
// `bounded_queue<T>`: hands items from task to task in order; a full queue makes the pusher wait. An item is
// taken when the popping task resumes, so one that is cancelled just before leaves it to the next.
#pragma once

#include <coroutine>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "mirage/core/frame.hpp"
#include "mirage/core/list.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/waiter.hpp"

namespace mirage {

template <class T>
  requires std::is_nothrow_move_constructible_v<T>
class bounded_queue {
 public:
  /// All memory is taken here. `capacity` is at least 1.
  explicit bounded_queue(std::size_t capacity) : ring_(capacity == 0 ? 1 : capacity) {}
  bounded_queue(const bounded_queue&) = delete;
  bounded_queue& operator=(const bounded_queue&) = delete;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return ring_.size(); }

  /// False when the queue is full, or others wait to push; `item` is untouched then.
  [[nodiscard]] bool try_push(T& item) noexcept {
    if (size_ == ring_.size() || !pushers_.empty()) return false;
    put(std::move(item));
    return true;
  }
  /// Nothing when there is no item that nobody waits for.
  [[nodiscard]] std::optional<T> try_pop() noexcept {
    if (size_ == promised_) return std::nullopt;
    return take();
  }

  class [[nodiscard]] push_awaiter : waiter {
   public:
    push_awaiter(bounded_queue& to, T item) noexcept : queue_(to), item_(std::move(item)) {}
    [[nodiscard]] bool await_ready() noexcept { return queue_.try_push(*item_); }
    template <task_promise Promise>
    void await_suspend(std::coroutine_handle<Promise> who) noexcept {
      suspend(who.promise(), "queue push");
      queue_.pushers_.push_back(*this);
    }
    void await_resume() const noexcept {}

   private:
    friend bounded_queue;
    bounded_queue& queue_;
    std::optional<T> item_;
  };
  /// Waits for room. Cancelled while it waits, the item is destroyed with it.
  push_awaiter push(T item) noexcept { return push_awaiter(*this, std::move(item)); }

  class [[nodiscard]] pop_awaiter : waiter {
   public:
    explicit pop_awaiter(bounded_queue& from) noexcept : queue_(from) {}
    pop_awaiter(const pop_awaiter&) = delete;
    ~pop_awaiter() {
      if (promised_) {
        unlink();
        queue_.break_promise();
      }
    }
    [[nodiscard]] bool await_ready() noexcept {
      if (queue_.size_ == queue_.promised_) return false;
      promise();
      return true;
    }
    template <task_promise Promise>
    void await_suspend(std::coroutine_handle<Promise> who) noexcept {
      suspend(who.promise(), "queue pop");
      queue_.poppers_.push_back(*this);
    }
    [[nodiscard]] T await_resume() noexcept {
      promised_ = false;
      --queue_.promised_;
      return queue_.take();
    }

   private:
    friend bounded_queue;
    void promise() noexcept {
      promised_ = true;
      ++queue_.promised_;
    }
    bounded_queue& queue_;
    bool promised_ = false;
  };
  /// Waits for an item.
  pop_awaiter pop() noexcept { return pop_awaiter(*this); }

 private:
  void put(T item) noexcept {
    ring_[(first_ + size_) % ring_.size()].emplace(std::move(item));
    ++size_;
    promise_to_next();
  }
  T take() noexcept {
    T item = *std::exchange(ring_[first_], std::nullopt);
    first_ = (first_ + 1) % ring_.size();
    --size_;
    if (!pushers_.empty()) {
      auto& pusher = static_cast<push_awaiter&>(static_cast<waiter&>(pushers_.front()));
      os::here->tasks.wake(pusher);
      put(*std::move(pusher.item_));
    }
    return item;
  }
  void promise_to_next() noexcept {
    if (poppers_.empty() || size_ == promised_) return;
    auto& popper = static_cast<pop_awaiter&>(static_cast<waiter&>(poppers_.front()));
    popper.promise();
    os::here->tasks.wake(popper);
  }
  void break_promise() noexcept {
    --promised_;
    promise_to_next();
  }

  std::vector<std::optional<T>> ring_;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
  std::size_t promised_ = 0;  // items that a woken popper will take when it resumes
  list pushers_;
  list poppers_;
};

}  // namespace mirage
