// SPDX-License-Identifier: ISC
// `v1::tcp_flow` of our own TCP. What is there or has room costs no frame and no turn of the loop; what is
// written leaves at the end of the round, together with what else there is to say.
#pragma once

#include <coroutine>
#include <utility>

#include "mirage/core/frame.hpp"
#include "mirage/core/panic.hpp"
#include "mirage/tcp/live_connection.hpp"

namespace mirage {

/// The TCP must outlive it.
class tcp_flow {
 public:
  /// For the engine: takes over the connection.
  explicit tcp_flow(tcp_protocol::live_connection& connection) noexcept : connection_(&connection) {}
  tcp_flow(tcp_flow&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  tcp_flow& operator=(tcp_flow&& other) noexcept {
    const tcp_flow old(std::move(*this));
    connection_ = std::exchange(other.connection_, nullptr);
    return *this;
  }
  ~tcp_flow() {
    if (connection_ != nullptr) connection_->abandon();
  }

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

  [[nodiscard]] endpoint peer() const noexcept { return connection_->peer; }
  [[nodiscard]] endpoint local() const noexcept { return connection_->local; }
  void no_delay(bool on) noexcept { connection_->core.set_no_delay(on); }
  void keep_alive(duration idle) noexcept;

 private:
  tcp_protocol::live_connection* connection_;
};

class tcp_flow::read_awaiter : tcp_protocol::flow_wait {
 public:
  explicit read_awaiter(tcp_protocol::live_connection* of) noexcept : flow_wait(of) {}
  read_awaiter(read_awaiter&&) noexcept = default;
  ~read_awaiter() { leave(); }

  [[nodiscard]] bool await_ready() noexcept { return of_->can_read(); }
  template <task_promise Promise>
  void await_suspend(std::coroutine_handle<Promise> who) noexcept {
    require(of_->reader == nullptr, "two tasks read from one flow at once");
    of_->reader = this;
    suspend(who.promise(), "TCP read");
  }
  [[nodiscard]] result<buffer, v1::flow_error> await_resume() noexcept {
    leave();
    if (of_ == nullptr) return fail(v1::flow_error::closed);
    return of_->take_read();
  }

 private:
  void leave() noexcept {
    if (of_ != nullptr && of_->reader == this) of_->reader = nullptr;
  }
};

class tcp_flow::write_awaiter : tcp_protocol::flow_write {
 public:
  write_awaiter(tcp_protocol::live_connection* of, buffer_list all) noexcept
      : flow_write(of, std::move(all)) {}
  write_awaiter(write_awaiter&&) noexcept = default;
  ~write_awaiter() {
    // Cancelled half-way: the peer has a part of a message.
    if (part_taken && !outcome && of_ != nullptr) of_->poisoned = true;
    leave();
  }

  [[nodiscard]] bool await_ready() noexcept { return of_->try_write(*this); }
  template <task_promise Promise>
  void await_suspend(std::coroutine_handle<Promise> who) noexcept {
    require(of_->writer == nullptr, "two tasks write to one flow at once");
    of_->writer = this;
    suspend(who.promise(), "TCP write");
  }
  [[nodiscard]] result<void, v1::flow_error> await_resume() noexcept {
    leave();
    if (!outcome) outcome = fail(v1::flow_error::closed);
    return *outcome;
  }

 private:
  void leave() noexcept {
    if (of_ != nullptr && of_->writer == this) of_->writer = nullptr;
  }
};

inline tcp_flow::read_awaiter tcp_flow::read() noexcept { return read_awaiter(connection_); }
inline tcp_flow::write_awaiter tcp_flow::write(buffer one) noexcept {
  buffer_list list;
  list.push_back(std::move(one));
  return {connection_, std::move(list)};
}
inline tcp_flow::write_awaiter tcp_flow::write(buffer_list several) noexcept {
  return {connection_, std::move(several)};
}

static_assert(v1::tcp_flow<tcp_flow>);

}  // namespace mirage
