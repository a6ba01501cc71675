// SPDX-License-Identifier: ISC
// A TCP connection on a kernel socket, RFC 9293. What is there or goes out at once costs no frame and no turn
// of the loop; a request and its answer cost one recv and one sendmsg.
#pragma once

#include <coroutine>
#include <utility>

#include "mirage/core/frame.hpp"
#include "mirage/linux/socket_connection.hpp"

namespace mirage {

/// `v1::tcp_flow`. The stack must outlive it.
class socket_flow {
 public:
  /// For the stack: takes over the connection.
  explicit socket_flow(detail::socket_connection& connection) noexcept : connection_(&connection) {}
  socket_flow(socket_flow&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  socket_flow& operator=(socket_flow&& other) noexcept {
    const socket_flow old(std::move(*this));
    connection_ = std::exchange(other.connection_, nullptr);
    return *this;
  }
  ~socket_flow();

  class [[nodiscard]] read_awaiter;
  class [[nodiscard]] write_awaiter;
  read_awaiter read() noexcept;
  write_awaiter write(buffer one) noexcept;
  write_awaiter write(buffer_list several) noexcept;

  // Both are done when they return.
  std::suspend_never shutdown() noexcept {
    connection_->shutdown();
    return {};
  }
  std::suspend_never close() noexcept {
    connection_->close();
    return {};
  }

  [[nodiscard]] endpoint peer() const noexcept { return connection_->peer(); }
  [[nodiscard]] endpoint local() const noexcept { return connection_->local(); }
  void no_delay(bool on) noexcept;
  /// In whole seconds, at least one.
  void keep_alive(duration idle) noexcept;

 private:
  detail::socket_connection* connection_;
};

class socket_flow::read_awaiter : detail::socket_wait {
 public:
  explicit read_awaiter(detail::socket_connection* of) noexcept : socket_wait(of) {}
  read_awaiter(read_awaiter&&) noexcept = default;
  ~read_awaiter() { leave(); }

  [[nodiscard]] bool await_ready() noexcept { return connection->try_read(); }
  template <task_promise Promise>
  void await_suspend(std::coroutine_handle<Promise> who) noexcept {
    require(connection->reader == nullptr, "two tasks read from one flow at once");
    connection->reader = this;
    suspend(who.promise(), "TCP read");
  }
  [[nodiscard]] result<buffer, v1::flow_error> await_resume() noexcept {
    leave();
    if (connection == nullptr) return fail(v1::flow_error::closed);
    return connection->take_read();
  }

 private:
  void leave() noexcept {
    if (connection != nullptr && connection->reader == this) connection->reader = nullptr;
  }
};

class socket_flow::write_awaiter : detail::socket_write {
 public:
  write_awaiter(detail::socket_connection* of, buffer_list all) noexcept : socket_write(of, std::move(all)) {}
  write_awaiter(write_awaiter&&) noexcept = default;
  ~write_awaiter() {
    // Cancelled half-way: the peer has a part of a message.
    if (part_taken && !outcome && connection != nullptr) connection->poison();
    leave();
  }

  [[nodiscard]] bool await_ready() noexcept { return connection->try_write(*this); }
  template <task_promise Promise>
  void await_suspend(std::coroutine_handle<Promise> who) noexcept {
    require(connection->writer == nullptr, "two tasks write to one flow at once");
    connection->writer = this;
    suspend(who.promise(), "TCP write");
  }
  [[nodiscard]] result<void, v1::flow_error> await_resume() noexcept {
    leave();
    if (!outcome) outcome = fail(v1::flow_error::closed);
    return *outcome;
  }

 private:
  void leave() noexcept {
    if (connection != nullptr && connection->writer == this) connection->writer = nullptr;
  }
};

inline socket_flow::read_awaiter socket_flow::read() noexcept { return read_awaiter(connection_); }
inline socket_flow::write_awaiter socket_flow::write(buffer one) noexcept {
  buffer_list list;
  list.push_back(std::move(one));
  return {connection_, std::move(list)};
}
inline socket_flow::write_awaiter socket_flow::write(buffer_list several) noexcept {
  return {connection_, std::move(several)};
}

static_assert(v1::tcp_flow<socket_flow>);

}  // namespace mirage
