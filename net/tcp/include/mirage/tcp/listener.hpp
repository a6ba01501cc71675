// SPDX-License-Identifier: ISC
// `v1::listener` of our own TCP: a port, its backlog, and the tasks that accept from it.
#pragma once

#include <cstdint>

#include "mirage/basic_tcp_listener.hpp"
#include "mirage/core/list.hpp"
#include "mirage/tcp/flow.hpp"

namespace mirage {

namespace tcp_protocol {

/// What a `tcp_listener` points to; it stays where it is.
class listening_port : public list_link {
 public:
  using pending = pending_accept<live_connection*>;

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
  [[nodiscard]] bool try_accept(pending& who) noexcept;
  void wait(pending& who) noexcept { accepting_.wait(who); }
  /// The task resumes and takes what it was given.
  [[nodiscard]] live_connection& collect(pending& who) noexcept { return *accepting_.collect(who); }
  /// The task is cancelled; what it was given goes to the next.
  void leave(pending& who) noexcept;

 private:
  engine& owner_;
  endpoint local_;
  accept_queue<live_connection*> accepting_;
  live_connection* first_ = nullptr;
  live_connection* last_ = nullptr;
  std::uint32_t size_ = 0;
  bool closed_ = false;
};

}  // namespace tcp_protocol

/// The TCP must outlive it; destroying it while a task accepts stops the unikernel.
class tcp_listener final : public basic_tcp_listener<tcp_protocol::listening_port, tcp_flow> {
  using basic_tcp_listener::basic_tcp_listener;
};

static_assert(v1::listener<tcp_listener>);

}  // namespace mirage
