// SPDX-License-Identifier: ISC
// One TCP connection of the kernel: what a `socket_flow` points to. It stays where it is while the flow
// moves, because the poller knows it by its address, and goes back to its owner's free list afterwards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "mirage/core/buffer_list.hpp"
#include "mirage/core/endpoint.hpp"
#include "mirage/core/machine.hpp"
#include "mirage/core/waiter.hpp"
#include "mirage/linux/file_descriptor.hpp"
#include "mirage/v1.hpp"

namespace mirage {

class socket_tcp;

namespace detail {

class socket_connection;

/// What the awaiters of a flow have in common. The connection is null when it was ended under the awaiter.
struct socket_wait : waiter {
  explicit socket_wait(socket_connection* of) noexcept : connection(of) {}
  // Movable while nobody awaits it, so that `with_timeout` can take it.
  socket_wait(socket_wait&& other) noexcept : waiter(), connection(other.connection) {}
  socket_connection* connection;
};

/// What is left of a write: the buffers, from `first` on.
struct socket_write : socket_wait {
  socket_write(socket_connection* of, buffer_list all) noexcept : socket_wait(of), parts(std::move(all)) {}
  socket_write(socket_write&&) noexcept = default;
  /// The kernel took that many bytes more.
  void drop(std::size_t taken) noexcept;
  buffer_list parts;
  std::size_t first = 0;
  bool part_taken = false;
  std::optional<result<void, v1::flow_error>> outcome;
};

class socket_connection final : public machine::descriptor_source {
 public:
  using void_result = result<void, v1::flow_error>;

  explicit socket_connection(socket_tcp& owner) noexcept : owner_(owner) {}
  socket_connection(const socket_connection&) = delete;
  socket_connection& operator=(const socket_connection&) = delete;

  /// Takes over a socket. False when it cannot be watched: then it is closed.
  [[nodiscard]] bool open(file_descriptor socket, const endpoint& peer, bool is_connected) noexcept;

  /// One recv, unless it is known that nothing is there. True when `take_read` has an answer.
  [[nodiscard]] bool try_read() noexcept;
  [[nodiscard]] result<buffer, v1::flow_error> take_read() noexcept;
  /// Sends what there is room for; nothing is tried when it is known that there is none. True when the write
  /// has its outcome. SIGPIPE must be ignored, for sendfile cannot be told to raise none.
  [[nodiscard]] bool try_write(socket_write& work) noexcept;

  /// FIN; reading goes on.
  void shutdown() noexcept;
  /// FIN, and nothing more is read.
  void close() noexcept;
  /// RST, unless it was closed.
  void abort() noexcept;
  void poison() noexcept { poisoned_ = true; }

  /// How connecting has ended; nothing while it has not.
  [[nodiscard]] const std::optional<void_result>& connected() const noexcept { return connected_; }

  [[nodiscard]] endpoint peer() const noexcept { return peer_; }
  [[nodiscard]] endpoint local() const noexcept;
  [[nodiscard]] int descriptor() const noexcept { return socket_.get(); }
  [[nodiscard]] socket_tcp& owner() noexcept { return owner_; }

  bool poll() noexcept override;

  socket_wait* reader = nullptr;
  socket_write* writer = nullptr;
  socket_wait* connector = nullptr;
  // In the owner's free list, or among those that a cancelled task left behind.
  std::unique_ptr<socket_connection> next;

 private:
  [[nodiscard]] bool receive() noexcept;
  struct attempt {
    std::size_t wanted;
    std::ptrdiff_t sent;  // or -1, with errno
  };
  [[nodiscard]] bool send(socket_write& work) noexcept;
  [[nodiscard]] attempt send_some(socket_write& work) noexcept;
  void adapt(std::size_t received, std::size_t room) noexcept;
  void discard_input() noexcept;
  void end() noexcept;
  static void end_wait(socket_wait* who) noexcept;
  void poll_connecting() noexcept;
  void clear(readiness what) noexcept { ready &= static_cast<std::uint8_t>(~what); }

  socket_tcp& owner_;
  file_descriptor socket_;
  endpoint peer_;
  mutable std::optional<endpoint> local_;  // asked of the kernel when somebody wants to know
  buffer arrived_;
  std::optional<v1::flow_error> failed_;  // for good
  std::optional<void_result> connected_;
  std::uint8_t room_ = 0;       // for the next receive, an index
  bool out_of_memory_ = false;  // the answer to this read only
  bool at_end_ = false;
  bool shut_down_ = false;
  bool poisoned_ = false;
};

}  // namespace detail
}  // namespace mirage
