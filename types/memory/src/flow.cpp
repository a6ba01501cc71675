// SPDX-License-Identifier: ISC
#include "mirage/memory/flow.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <optional>

#include "mirage/core/event.hpp"

namespace mirage::memory {

namespace detail {

/// One direction: what its writer wrote and its reader has not read.
struct direction {
  std::deque<buffer> queue;
  std::size_t size = 0;
  bool ended = false;      // the writer will write no more
  bool poisoned = false;   // a write was cancelled half-way
  bool abandoned = false;  // the reader has closed: nobody will read
  bool closed = false;     // as above, by the writer's own `close`
  event changed;

  /// As much of `data` as there is room for; whether anything was taken.
  bool take(buffer& data, std::size_t capacity) noexcept {
    const std::size_t room = std::min(data.size(), capacity - size);
    if (room == 0) return false;
    queue.push_back(data.slice(0, room));
    size += room;
    data.drop_front(room);
    changed.notify();
    return true;
  }
  void drop() noexcept {
    queue.clear();
    size = 0;
  }
};

class connection {
 public:
  connection(std::size_t capacity, endpoint first, endpoint second) noexcept
      : capacity(capacity == 0 ? 1 : capacity), ends{first, second} {}

  direction& from(unsigned side) noexcept { return directions_[side]; }
  direction& to(unsigned side) noexcept { return directions_[1 - side]; }
  void notify() noexcept {
    for (direction& each : directions_) each.changed.notify();
  }
  void abort() noexcept {
    reset = true;
    for (direction& each : directions_) each.drop();
    notify();
  }

  std::size_t capacity;
  std::array<endpoint, 2> ends;
  bool reset = false;

 private:
  std::array<direction, 2> directions_;
};

namespace {

/// Nothing while writing may go on.
std::optional<v1::flow_error> refusal(const connection& whole, const direction& out) noexcept {
  if (out.closed || out.ended || out.poisoned) return v1::flow_error::closed;
  if (whole.reset || out.abandoned) return v1::flow_error::reset;
  return std::nullopt;
}

/// Poisons the direction when the write is cancelled after a part was taken.
class half_written {
 public:
  explicit half_written(direction& out) noexcept : out_(out) {}
  half_written(const half_written&) = delete;
  half_written& operator=(const half_written&) = delete;
  ~half_written() {
    if (begun) out_.poisoned = true;
  }
  bool begun = false;

 private:
  direction& out_;
};

}  // namespace
}  // namespace detail

using detail::direction;
using detail::refusal;

flow::~flow() {
  if (connection_ && !connection_->from(side_).closed) connection_->abort();
}

endpoint flow::local() const noexcept { return connection_->ends[side_]; }
endpoint flow::peer() const noexcept { return connection_->ends[1 - side_]; }

task<result<buffer, v1::flow_error>> flow::read_from(shared connection, unsigned side) {
  direction& in = connection->to(side);
  while (in.queue.empty()) {
    if (connection->from(side).closed) co_return fail(v1::flow_error::closed);
    if (connection->reset) co_return fail(v1::flow_error::reset);
    if (in.ended) co_return buffer{};
    co_await in.changed;
  }
  buffer first = std::move(in.queue.front());
  in.queue.pop_front();
  in.size -= first.size();
  in.changed.notify();
  co_return first;
}

task<result<void, v1::flow_error>> flow::write(buffer data) {
  buffer_list list;
  list.push_back(std::move(data));
  return write(std::move(list));
}

task<result<void, v1::flow_error>> flow::write_to(shared connection, unsigned side, buffer_list data) {
  direction& out = connection->from(side);
  detail::half_written watch(out);
  for (buffer& part : data) {
    while (true) {
      if (const auto refused = refusal(*connection, out)) {
        watch.begun = false;
        co_return fail(*refused);
      }
      if (part.empty()) break;
      if (out.take(part, connection->capacity))
        watch.begun = true;
      else
        co_await out.changed;
    }
  }
  watch.begun = false;
  co_return {};
}

task<> flow::end_writing(shared connection, unsigned side) {
  connection->from(side).ended = true;
  connection->notify();
  co_return;
}

task<> flow::end(shared connection, unsigned side) {
  connection->from(side).ended = true;
  connection->from(side).closed = true;
  connection->to(side).abandoned = true;
  connection->to(side).drop();
  connection->notify();
  co_return;
}

std::pair<flow, flow> make_flows(std::size_t capacity, endpoint first, endpoint second) {
  auto connection = std::make_shared<detail::connection>(capacity, first, second);
  flow one(connection, 0);
  flow other(std::move(connection), 1);
  return {std::move(one), std::move(other)};
}

}  // namespace mirage::memory
