// SPDX-License-Identifier: ISC
// One TCP connection of the kernel: what a `socket_flow` points to. It stays where it is while the flow
// moves, because the poller knows it by its address, and goes back to its owner's free list afterwards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "mirage/basic_tcp_flow.hpp"
#include "mirage/core/endpoint.hpp"
#include "mirage/core/machine.hpp"
#include "mirage/linux/file_descriptor.hpp"

namespace mirage {

class socket_tcp;

namespace detail {

/// `flow_connection`.
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
  [[nodiscard]] bool try_write(pending_write<socket_connection>& work) noexcept;

  /// FIN; reading goes on.
  void shutdown() noexcept;
  /// FIN, and nothing more is read.
  void close() noexcept;
  /// RST, unless it was closed.
  void abort() noexcept;
  /// The same, and back to the owner.
  void abandon() noexcept;
  void poison() noexcept { poisoned_ = true; }
  void set_no_delay(bool on) noexcept;
  /// In whole seconds, at least one.
  void set_keep_alive(duration idle) noexcept;

  /// How connecting has ended; nothing while it has not.
  [[nodiscard]] const std::optional<void_result>& connected() const noexcept { return connected_; }

  [[nodiscard]] endpoint peer_end() const noexcept { return peer_; }
  [[nodiscard]] endpoint local_end() const noexcept;

  bool poll() noexcept override;

  connection_waiter<socket_connection>* reader = nullptr;
  pending_write<socket_connection>* writer = nullptr;
  connection_waiter<socket_connection>* connector = nullptr;
  // In the owner's free list, or among those that a cancelled task left behind.
  std::unique_ptr<socket_connection> next;

 private:
  [[nodiscard]] bool receive() noexcept;
  struct attempt {
    std::size_t wanted;
    std::ptrdiff_t sent;  // or -1, with errno
  };
  [[nodiscard]] bool send(pending_write<socket_connection>& work) noexcept;
  [[nodiscard]] attempt send_some(pending_write<socket_connection>& work) noexcept;
  void adapt(std::size_t received, std::size_t room) noexcept;
  void discard_input() noexcept;
  void end() noexcept;
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
