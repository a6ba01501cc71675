// SPDX-License-Identifier: ISC
// A listening TCP port of the kernel: one socket, or one for IPv4 and one for IPv6.
#pragma once

#include <array>
#include <coroutine>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "mirage/core/frame.hpp"
#include "mirage/core/list.hpp"
#include "mirage/core/machine.hpp"
#include "mirage/core/waiter.hpp"
#include "mirage/linux/file_descriptor.hpp"
#include "mirage/linux/socket_flow.hpp"

namespace mirage {

namespace detail {

struct socket_accept;

/// What a `socket_listener` points to; it stays where it is.
class listening_port : public list_link {
 public:
  explicit listening_port(socket_tcp& owner) noexcept : owner_(owner), retry_(&listening_port::retry, this) {}
  listening_port(const listening_port&) = delete;
  listening_port& operator=(const listening_port&) = delete;
  ~listening_port();

  [[nodiscard]] result<void, v1::listen_error> add(file_descriptor socket) noexcept;
  [[nodiscard]] endpoint local() const noexcept { return local_; }
  void set_local(const endpoint& where) noexcept { local_ = where; }

  /// True when `who` has its outcome.
  [[nodiscard]] bool try_accept(socket_accept& who) noexcept;
  void wait(socket_accept& who) noexcept;
  /// The task resumes and takes what it was given.
  [[nodiscard]] socket_connection& collect(socket_accept& who) noexcept;
  /// The task is cancelled; what it was given already goes to the next.
  void leave(socket_accept& who) noexcept;
  /// The device is stopped: who waits gets `closed`.
  void close() noexcept;

 private:
  struct acceptor final : machine::descriptor_source {
    listening_port* port = nullptr;
    file_descriptor socket;
    bool poll() noexcept override;
  };
  enum class attempt : std::uint8_t { accepted, nothing, budget_spent, exhausted };

  attempt accept_one(acceptor& from, std::unique_ptr<socket_connection>& to) noexcept;
  attempt refuse_one(acceptor& from) noexcept;
  [[nodiscard]] bool in_budget() noexcept;
  [[nodiscard]] socket_accept* next_waiting() noexcept;
  void give(socket_accept& who, std::unique_ptr<socket_connection> connection) noexcept;
  void try_later() noexcept;
  static void retry(void* port) noexcept;

  socket_tcp& owner_;
  std::array<acceptor, 2> acceptors_;
  endpoint local_;
  list waiting_;
  std::unique_ptr<socket_connection> left_behind_;
  unsigned given_ = 0;  // to tasks that have not resumed yet
  alarm retry_;
  std::uint64_t round_ = 0;
  std::uint32_t spent_ = 0;  // accepts in that round
  bool closed_ = false;
};

struct socket_accept : waiter {
  explicit socket_accept(listening_port* of) noexcept : port(of) {}
  socket_accept(socket_accept&& other) noexcept : waiter(), port(other.port) {}
  listening_port* port;
  std::unique_ptr<socket_connection> connection;
  std::optional<v1::listen_error> failed;
  bool was_waiting = false;
};

}  // namespace detail

/// `v1::listener`. The stack must outlive it; destroying it while a task accepts stops the unikernel.
class socket_listener {
 public:
  using flow = socket_flow;

  explicit socket_listener(std::unique_ptr<detail::listening_port> port) noexcept : port_(std::move(port)) {}

  class [[nodiscard]] accept_awaiter : detail::socket_accept {
   public:
    explicit accept_awaiter(detail::listening_port* of) noexcept : socket_accept(of) {}
    accept_awaiter(accept_awaiter&&) noexcept = default;
    ~accept_awaiter() { port->leave(*this); }
    [[nodiscard]] bool await_ready() noexcept { return port->try_accept(*this); }
    template <task_promise Promise>
    void await_suspend(std::coroutine_handle<Promise> who) noexcept {
      suspend(who.promise(), "TCP accept");
      port->wait(*this);
    }
    [[nodiscard]] result<socket_flow, v1::listen_error> await_resume() noexcept {
      if (failed) return fail(*failed);
      return socket_flow(port->collect(*this));
    }
  };
  accept_awaiter accept() noexcept { return accept_awaiter(port_.get()); }

  [[nodiscard]] endpoint local() const noexcept { return port_->local(); }

 private:
  std::unique_ptr<detail::listening_port> port_;
};

static_assert(v1::listener<socket_listener>);

}  // namespace mirage
