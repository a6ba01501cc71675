// SPDX-License-Identifier: ISC
// `v1::listener` of our own TCP: a port, its backlog, and the tasks that accept from it.
#pragma once

#include <coroutine>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "mirage/core/frame.hpp"
#include "mirage/core/list.hpp"
#include "mirage/core/waiter.hpp"
#include "mirage/tcp/flow.hpp"

namespace mirage {

namespace tcp_protocol {

struct accept_wait;

/// What a `tcp_listener` points to; it stays where it is.
class listening_port : public list_link {
 public:
  listening_port(engine& owner, const endpoint& at) noexcept : owner_(owner), local_(at) {}
  listening_port(const listening_port&) = delete;
  listening_port& operator=(const listening_port&) = delete;
  ~listening_port();

  [[nodiscard]] const endpoint& local() const noexcept { return local_; }
  [[nodiscard]] bool is_full() const noexcept;
  [[nodiscard]] bool is_closed() const noexcept { return closed_; }
  /// A connection whose handshake is done.
  void take(live_connection& connection) noexcept;
  /// The device is stopped: who waits gets `closed`.
  void close() noexcept;

  /// True when `who` has its outcome.
  [[nodiscard]] bool try_accept(accept_wait& who) noexcept;
  void wait(accept_wait& who) noexcept;
  /// The task is cancelled; what it was given goes to the next.
  void leave(accept_wait& who) noexcept;
  [[nodiscard]] live_connection& collect(accept_wait& who) noexcept;

 private:
  [[nodiscard]] accept_wait* next_waiting() noexcept;
  void give(accept_wait& who, live_connection& connection) noexcept;

  engine& owner_;
  endpoint local_;
  list waiting_;
  live_connection* first_ = nullptr;
  live_connection* last_ = nullptr;
  std::uint32_t size_ = 0;
  std::uint32_t given_ = 0;  // to tasks that have not resumed yet
  bool closed_ = false;
};

struct accept_wait : waiter {
  explicit accept_wait(listening_port* at) noexcept : port(at) {}
  accept_wait(accept_wait&& other) noexcept : waiter(), port(other.port) {}
  listening_port* port;
  live_connection* connection = nullptr;
  std::optional<v1::listen_error> failed;
  bool was_waiting = false;
};

}  // namespace tcp_protocol

/// The TCP must outlive it; destroying it while a task accepts stops the unikernel.
class tcp_listener {
 public:
  using flow = tcp_flow;

  explicit tcp_listener(std::unique_ptr<tcp_protocol::listening_port> port) noexcept
      : port_(std::move(port)) {}

  class [[nodiscard]] accept_awaiter : tcp_protocol::accept_wait {
   public:
    explicit accept_awaiter(tcp_protocol::listening_port* at) noexcept : accept_wait(at) {}
    accept_awaiter(accept_awaiter&&) noexcept = default;
    ~accept_awaiter() { port->leave(*this); }
    [[nodiscard]] bool await_ready() noexcept { return port->try_accept(*this); }
    template <task_promise Promise>
    void await_suspend(std::coroutine_handle<Promise> who) noexcept {
      suspend(who.promise(), "TCP accept");
      port->wait(*this);
    }
    [[nodiscard]] result<tcp_flow, v1::listen_error> await_resume() noexcept {
      if (failed) return fail(*failed);
      return tcp_flow(port->collect(*this));
    }
  };
  accept_awaiter accept() noexcept { return accept_awaiter(port_.get()); }

  [[nodiscard]] endpoint local() const noexcept { return port_->local(); }

 private:
  std::unique_ptr<tcp_protocol::listening_port> port_;
};

static_assert(v1::listener<tcp_listener>);

}  // namespace mirage
