// SPDX-License-Identifier: ISC
// A pair of connected flows in memory: what is written to one is read from the other.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "mirage/v1.hpp"

namespace mirage::memory {

namespace detail {
class connection;
}

/// `v1::tcp_flow`: one end of a connection. Each direction holds at most the capacity given to `make_flows`,
/// in bytes that were written and not yet read; the bytes are shared, not copied. `reset` comes at once and
/// takes along what was not read. `no_delay` and `keep_alive` change nothing: nothing is delayed, and nobody
/// vanishes.
class flow {
 public:
  flow(flow&&) noexcept = default;
  flow& operator=(flow&& other) noexcept {
    flow old(std::move(*this));
    connection_ = std::move(other.connection_);
    side_ = other.side_;
    return *this;
  }
  ~flow();

  task<result<buffer, v1::flow_error>> read() { return read_from(connection_, side_); }
  task<result<void, v1::flow_error>> write(buffer data);
  task<result<void, v1::flow_error>> write(buffer_list data) {
    return write_to(connection_, side_, std::move(data));
  }
  task<> shutdown() { return end_writing(connection_, side_); }
  task<> close() { return end(connection_, side_); }

  [[nodiscard]] endpoint peer() const noexcept;
  [[nodiscard]] endpoint local() const noexcept;
  void no_delay(bool) noexcept {}
  void keep_alive(duration) noexcept {}

 private:
  friend std::pair<flow, flow> make_flows(std::size_t capacity, endpoint first, endpoint second);
  using shared = std::shared_ptr<detail::connection>;
  flow(shared connection, unsigned side) noexcept : connection_(std::move(connection)), side_(side) {}

  // They hold the connection themselves, so that a flow may move while a task that is to be cancelled waits.
  static task<result<buffer, v1::flow_error>> read_from(shared connection, unsigned side);
  static task<result<void, v1::flow_error>> write_to(shared connection, unsigned side, buffer_list data);
  static task<> end_writing(shared connection, unsigned side);
  static task<> end(shared connection, unsigned side);

  shared connection_;
  unsigned side_;
};

/// Two ends of one connection, which say that they are at these endpoints.
[[nodiscard]] std::pair<flow, flow> make_flows(std::size_t capacity = 65536, endpoint first = {},
                                               endpoint second = {});

static_assert(v1::tcp_flow<flow>);

}  // namespace mirage::memory
