// SPDX-License-Identifier: ISC
// `v1::tcp_flow` over any connection that tells when it has bytes or room: reading and writing, waiting, and
// what a cancelled wait leaves behind. What is there or has room costs no frame and no turn of the loop.
#pragma once

#include <concepts>
#include <coroutine>
#include <cstddef>
#include <optional>
#include <utility>

#include "mirage/core/buffer_list.hpp"
#include "mirage/core/endpoint.hpp"
#include "mirage/core/frame.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/panic.hpp"
#include "mirage/core/waiter.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// A task that waits on a connection, which is null when it was ended under the task. Movable while nobody
/// awaits it, so that `with_timeout` can take it.
template <class Connection>
struct connection_waiter : waiter {
  explicit connection_waiter(Connection* of) noexcept : connection(of) {}
  connection_waiter(connection_waiter&& other) noexcept
      : waiter(), connection(std::exchange(other.connection, nullptr)) {}
  Connection* connection;
};

/// What is left of a write: the buffers, from `first` on.
template <class Connection>
struct pending_write : connection_waiter<Connection> {
  pending_write(Connection* of, buffer_list all) noexcept
      : connection_waiter<Connection>(of), parts(std::move(all)) {}
  pending_write(pending_write&&) noexcept = default;
  buffer_list parts;
  std::size_t first = 0;
  bool part_taken = false;
  std::optional<result<void, v1::flow_error>> outcome;
};

/// The flow is closed or gone: who waits, if anybody, gets `closed`.
template <class Waiter>
void end_wait(Waiter*& who) noexcept {
  if (who == nullptr) return;
  who->connection = nullptr;
  os::here->tasks.wake(*std::exchange(who, nullptr));
}

/// What a flow points to; it stays where it is while the flow moves. `try_read` is true when `take_read`
/// has an answer. `try_write` takes what there is room for, says so in `part_taken`, and is true when the
/// write has its `outcome`. `reader` and `writer` are who waits, or null: the connection wakes them when the
/// one or the other has become true, and ends their wait in `close` and `abandon`. `poison`: a write was
/// cancelled half-way, so later ones give `closed`. `abandon`: the flow is gone; RST, unless it was closed.
template <class C>
concept flow_connection = requires(C& c, const C& k, pending_write<C>& work, bool off, duration idle) {
  { c.try_read() } noexcept -> std::same_as<bool>;
  { c.take_read() } noexcept -> std::same_as<result<buffer, v1::flow_error>>;
  { c.try_write(work) } noexcept -> std::same_as<bool>;
  { c.reader } -> std::same_as<connection_waiter<C>*&>;
  { c.writer } -> std::same_as<pending_write<C>*&>;
  { c.poison() } noexcept;
  { c.shutdown() } noexcept;
  { c.close() } noexcept;
  { c.abandon() } noexcept;
  { k.peer_end() } noexcept -> std::same_as<endpoint>;
  { k.local_end() } noexcept -> std::same_as<endpoint>;
  { c.set_no_delay(off) } noexcept;
  { c.set_keep_alive(idle) } noexcept;
};

/// Whose connection it is must outlive it.
template <flow_connection Connection>
class basic_tcp_flow {
 public:
  /// Takes over the connection.
  explicit basic_tcp_flow(Connection& connection) noexcept : connection_(&connection) {}
  basic_tcp_flow(basic_tcp_flow&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  basic_tcp_flow& operator=(basic_tcp_flow&& other) noexcept {
    const basic_tcp_flow old(std::move(*this));
    connection_ = std::exchange(other.connection_, nullptr);
    return *this;
  }
  ~basic_tcp_flow() {
    if (connection_ != nullptr) connection_->abandon();
  }

  class [[nodiscard]] read_awaiter;
  class [[nodiscard]] write_awaiter;
  read_awaiter read() noexcept { return read_awaiter(connection_); }
  write_awaiter write(buffer one) noexcept {
    buffer_list list;
    list.push_back(std::move(one));
    return {connection_, std::move(list)};
  }
  write_awaiter write(buffer_list several) noexcept { return {connection_, std::move(several)}; }

  // Both are done when they return.
  std::suspend_never shutdown() noexcept {
    connection_->shutdown();
    return {};
  }
  std::suspend_never close() noexcept {
    connection_->close();
    return {};
  }

  [[nodiscard]] endpoint peer() const noexcept { return connection_->peer_end(); }
  [[nodiscard]] endpoint local() const noexcept { return connection_->local_end(); }
  void no_delay(bool on) noexcept { connection_->set_no_delay(on); }
  void keep_alive(duration idle) noexcept { connection_->set_keep_alive(idle); }

 protected:
  [[nodiscard]] Connection& connection() const noexcept { return *connection_; }

 private:
  Connection* connection_;
};

template <flow_connection Connection>
class basic_tcp_flow<Connection>::read_awaiter : connection_waiter<Connection> {
 public:
  explicit read_awaiter(Connection* of) noexcept : connection_waiter<Connection>(of) {}
  read_awaiter(read_awaiter&&) noexcept = default;
  ~read_awaiter() { leave(); }

  [[nodiscard]] bool await_ready() noexcept { return connection->try_read(); }
  template <task_promise Promise>
  void await_suspend(std::coroutine_handle<Promise> who) noexcept {
    require(connection->reader == nullptr, "two tasks read from one flow at once");
    connection->reader = this;
    this->suspend(who.promise(), "TCP read");
  }
  [[nodiscard]] result<buffer, v1::flow_error> await_resume() noexcept {
    leave();
    if (connection == nullptr) return fail(v1::flow_error::closed);
    return connection->take_read();
  }

 private:
  using connection_waiter<Connection>::connection;
  void leave() noexcept {
    if (connection != nullptr && connection->reader == this) connection->reader = nullptr;
  }
};

template <flow_connection Connection>
class basic_tcp_flow<Connection>::write_awaiter : pending_write<Connection> {
 public:
  write_awaiter(Connection* of, buffer_list all) noexcept : pending_write<Connection>(of, std::move(all)) {}
  write_awaiter(write_awaiter&&) noexcept = default;
  ~write_awaiter() {
    // Cancelled half-way: the peer has a part of a message.
    if (this->part_taken && !outcome && connection != nullptr) connection->poison();
    leave();
  }

  [[nodiscard]] bool await_ready() noexcept { return connection->try_write(*this); }
  template <task_promise Promise>
  void await_suspend(std::coroutine_handle<Promise> who) noexcept {
    require(connection->writer == nullptr, "two tasks write to one flow at once");
    connection->writer = this;
    this->suspend(who.promise(), "TCP write");
  }
  [[nodiscard]] result<void, v1::flow_error> await_resume() noexcept {
    leave();
    if (!outcome) outcome = fail(v1::flow_error::closed);
    return *outcome;
  }

 private:
  using connection_waiter<Connection>::connection;
  using pending_write<Connection>::outcome;
  void leave() noexcept {
    if (connection != nullptr && connection->writer == this) connection->writer = nullptr;
  }
};

}  // namespace mirage
