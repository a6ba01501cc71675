// SPDX-License-Identifier: ISC
// What a `tcp_flow` points to: a core with its ends, its alarm and those who wait. It stays where it is while
// the flow moves, and lives on after the flow until the peer has agreed to the end.
#pragma once

#include <cstdint>
#include <optional>

#include "mirage/core/buffer_list.hpp"
#include "mirage/core/endpoint.hpp"
#include "mirage/core/list.hpp"
#include "mirage/core/waiter.hpp"
#include "mirage/tcp/connection.hpp"

namespace mirage::tcp_protocol {

class engine;
struct live_connection;

/// What the awaiters of a flow have in common. The connection is null when it was ended under the awaiter.
struct flow_wait : waiter {
  explicit flow_wait(live_connection* of) noexcept : of_(of) {}
  // Movable while nobody awaits it, so that `with_timeout` can take it.
  flow_wait(flow_wait&& other) noexcept : waiter(), of_(other.of_) {}
  live_connection* of_;
};

/// What is left of a write: the buffers, from `first` on.
struct flow_write : flow_wait {
  flow_write(live_connection* of, buffer_list all) noexcept : flow_wait(of), parts(std::move(all)) {}
  flow_write(flow_write&&) noexcept = default;
  buffer_list parts;
  std::size_t first = 0;
  bool part_taken = false;
  std::optional<result<void, v1::flow_error>> outcome;
};

/// The link is for the engine's list of those that have something to send, or that wait for room below.
struct live_connection : list_link {
  live_connection(engine& of, const endpoint& here, const endpoint& there, const connection::identity& who,
                  const path& way) noexcept;

  // ---- For the flow ----

  /// True when `take_read` has an answer.
  [[nodiscard]] bool can_read() const noexcept {
    return closed || core.has_bytes() || core.at_end() || core.failure() || core.current() == state::closed;
  }
  [[nodiscard]] result<buffer, v1::flow_error> take_read() noexcept;
  /// Takes what there is room for. True when the write has its outcome.
  [[nodiscard]] bool try_write(flow_write& work) noexcept;
  void shutdown() noexcept;
  void close() noexcept;
  /// The flow is gone: RST, unless it was closed.
  void abandon() noexcept;

  engine& owner;
  endpoint local;
  endpoint peer;
  live_connection* next_in_table = nullptr;
  live_connection* next_in_backlog = nullptr;
  flow_wait* reader = nullptr;
  flow_write* writer = nullptr;
  flow_wait* connector = nullptr;
  alarm timer;
  std::uint16_t slices = 0;  // buffers that the device takes without copying
  bool device_checksum = false;
  bool in_table = false;
  bool half_open = false;
  bool has_ended = false;  // its core says so; the rest of what it has to say is sent first
  bool owned = false;      // by a flow, a connecting task or a backlog
  bool closed = false;     // by its flow
  bool poisoned = false;   // a write was cancelled half-way
  connection core;
};

}  // namespace mirage::tcp_protocol
