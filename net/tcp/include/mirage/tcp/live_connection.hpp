// SPDX-License-Identifier: ISC
// What a `tcp_flow` points to: a core with its ends, its alarm and those who wait. It stays where it is while
// the flow moves, and lives on after the flow until the peer has agreed to the end.
#pragma once

#include <cstdint>

#include "mirage/basic_tcp_flow.hpp"
#include "mirage/core/endpoint.hpp"
#include "mirage/core/list.hpp"
#include "mirage/core/waiter.hpp"
#include "mirage/tcp/connection.hpp"

namespace mirage::tcp_protocol {

class engine;

/// The link is for the engine's list of those that have something to send, or that wait for room below.
struct live_connection : list_link {
  live_connection(engine& of, const endpoint& here, const endpoint& there, const connection::identity& who,
                  const path& way) noexcept;

  // ---- For the flow: `flow_connection` ----

  [[nodiscard]] bool try_read() const noexcept {
    return closed || core.has_bytes() || core.at_end() || core.failure() || core.current() == state::closed;
  }
  [[nodiscard]] result<buffer, v1::flow_error> take_read() noexcept;
  [[nodiscard]] bool try_write(pending_write<live_connection>& work) noexcept;
  void poison() noexcept { poisoned = true; }
  void shutdown() noexcept;
  void close() noexcept;
  void abandon() noexcept;
  [[nodiscard]] endpoint peer_end() const noexcept { return peer; }
  [[nodiscard]] endpoint local_end() const noexcept { return local; }
  void set_no_delay(bool on) noexcept { core.set_no_delay(on); }
  void set_keep_alive(duration idle) noexcept;

  engine& owner;
  endpoint local;
  endpoint peer;
  live_connection* next_in_table = nullptr;
  live_connection* next_in_backlog = nullptr;
  connection_waiter<live_connection>* reader = nullptr;
  pending_write<live_connection>* writer = nullptr;
  connection_waiter<live_connection>* connector = nullptr;
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
