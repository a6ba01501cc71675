// SPDX-License-Identifier: ISC
// A listening TCP port of the kernel: one socket, or one for IPv4 and one for IPv6.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "mirage/basic_tcp_listener.hpp"
#include "mirage/core/list.hpp"
#include "mirage/core/machine.hpp"
#include "mirage/linux/file_descriptor.hpp"
#include "mirage/linux/socket_flow.hpp"

namespace mirage {

namespace detail {

/// What a `socket_listener` points to; it stays where it is.
class listening_port : public list_link {
 public:
  using connection_pointer = std::unique_ptr<socket_connection>;
  using pending = pending_accept<connection_pointer>;

  explicit listening_port(socket_tcp& owner) noexcept : owner_(owner), retry_(&listening_port::retry, this) {}
  listening_port(const listening_port&) = delete;
  listening_port& operator=(const listening_port&) = delete;
  ~listening_port();

  [[nodiscard]] result<void, v1::listen_error> add(file_descriptor socket) noexcept;
  [[nodiscard]] endpoint local() const noexcept { return local_; }
  void set_local(const endpoint& where) noexcept { local_ = where; }

  /// True when `who` has its outcome.
  [[nodiscard]] bool try_accept(pending& who) noexcept;
  void wait(pending& who) noexcept;
  /// The task resumes and takes what it was given.
  [[nodiscard]] socket_connection& collect(pending& who) noexcept {
    return *accepting_.collect(who).release();
  }
  /// The task is cancelled; what it was given already goes to the next.
  void leave(pending& who) noexcept;
  /// The device is stopped: who waits gets `closed`.
  void close() noexcept;

 private:
  struct acceptor final : machine::descriptor_source {
    listening_port* port = nullptr;
    file_descriptor socket;
    bool poll() noexcept override;
  };
  enum class attempt : std::uint8_t { accepted, nothing, budget_spent, exhausted };

  attempt accept_one(acceptor& from, connection_pointer& to) noexcept;
  attempt refuse_one(acceptor& from) noexcept;
  [[nodiscard]] bool in_budget() noexcept;
  void try_later() noexcept;
  static void retry(void* port) noexcept;

  socket_tcp& owner_;
  std::array<acceptor, 2> acceptors_;
  endpoint local_;
  accept_queue<connection_pointer> accepting_;
  connection_pointer left_behind_;
  alarm retry_;
  std::uint64_t round_ = 0;
  std::uint32_t spent_ = 0;  // accepts in that round
  std::size_t taken_ = 0;    // connections of which the loop has not been told
  bool closed_ = false;
};

}  // namespace detail

/// The stack must outlive it; destroying it while a task accepts stops the unikernel.
class socket_listener final : public basic_tcp_listener<detail::listening_port, socket_flow> {
  using basic_tcp_listener::basic_tcp_listener;
};

static_assert(v1::listener<socket_listener>);

}  // namespace mirage
