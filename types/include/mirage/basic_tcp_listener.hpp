// SPDX-License-Identifier: ISC
// `v1::listener` over any port that takes connections, and the tasks that accept from it: each connection
// goes to one, in the order of asking, and one that is cancelled leaves its own to the next.
#pragma once

#include <coroutine>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "mirage/core/endpoint.hpp"
#include "mirage/core/frame.hpp"
#include "mirage/core/list.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/waiter.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// A task that accepts: it has a connection, or has failed, or waits. `Pointer` is how its port holds a
/// connection. Movable while nobody awaits it, so that `with_timeout` can take it.
template <class Pointer>
struct pending_accept : waiter {
  pending_accept() noexcept = default;
  pending_accept(pending_accept&&) noexcept : waiter() {}
  Pointer connection{};
  std::optional<v1::listen_error> failed;
  bool was_waiting = false;
};

/// The tasks that wait at one port.
template <class Pointer>
class accept_queue {
 public:
  using pending = pending_accept<Pointer>;

  [[nodiscard]] bool empty() const noexcept { return waiting_.empty(); }
  /// True until the last task that was given a connection has resumed, too.
  [[nodiscard]] bool in_use() const noexcept { return !empty() || given_ != 0; }

  void wait(pending& who) noexcept {
    who.was_waiting = true;
    waiting_.push_back(who);
  }
  /// To the task that has waited longest; there must be one.
  void give(Pointer connection) noexcept {
    pending& who = first();
    who.connection = std::move(connection);
    ++given_;
    os::here->tasks.wake(who);
  }
  /// The task resumes and takes what it was given.
  [[nodiscard]] Pointer collect(pending& who) noexcept {
    if (std::exchange(who.was_waiting, false)) --given_;
    return std::exchange(who.connection, nullptr);
  }
  /// The task is cancelled; what it was given goes to the next. Not null where there is no next.
  [[nodiscard]] Pointer leave(pending& who) noexcept {
    if (who.connection == nullptr) return nullptr;
    who.unlink();
    Pointer left = collect(who);
    if (empty()) return left;
    give(std::move(left));
    return nullptr;
  }
  /// The device is stopped: who waits gets `closed`.
  void close() noexcept {
    while (!empty()) {
      first().failed = v1::listen_error::closed;
      os::here->tasks.wake(first());
    }
  }

 private:
  [[nodiscard]] pending& first() noexcept {
    return static_cast<pending&>(static_cast<waiter&>(waiting_.front()));
  }
  list waiting_;
  std::uint32_t given_ = 0;  // to tasks that have not resumed yet
};

/// `Port` stays where it is; its `try_accept` is true when the task has its outcome, and its `wait`,
/// `collect` and `leave` hand on to an `accept_queue`. Whose port it is must outlive the listener; destroying
/// it while a task accepts stops the unikernel.
template <class Port, v1::tcp_flow Flow>
class basic_tcp_listener {
 public:
  using flow = Flow;

  explicit basic_tcp_listener(std::unique_ptr<Port> port) noexcept : port_(std::move(port)) {}

  class [[nodiscard]] accept_awaiter : Port::pending {
   public:
    explicit accept_awaiter(Port* at) noexcept : port_(at) {}
    accept_awaiter(accept_awaiter&&) noexcept = default;
    ~accept_awaiter() { port_->leave(*this); }
    [[nodiscard]] bool await_ready() noexcept { return port_->try_accept(*this); }
    template <task_promise Promise>
    void await_suspend(std::coroutine_handle<Promise> who) noexcept {
      this->suspend(who.promise(), "TCP accept");
      port_->wait(*this);
    }
    [[nodiscard]] result<Flow, v1::listen_error> await_resume() noexcept {
      if (this->failed) return fail(*this->failed);
      return Flow(port_->collect(*this));
    }

   private:
    Port* port_;
  };
  accept_awaiter accept() noexcept { return accept_awaiter(port_.get()); }

  [[nodiscard]] endpoint local() const noexcept { return port_->local(); }

 private:
  std::unique_ptr<Port> port_;
};

}  // namespace mirage
