// SPDX-License-Identifier: ISC
// One connection of the server, for as long as its flow is open.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "mirage/core/buffer.hpp"
#include "mirage/core/list.hpp"
#include "mirage/core/task.hpp"
#include "mirage/core/time.hpp"
#include "mirage/http/interruptible.hpp"
#include "mirage/http/stream.hpp"

namespace mirage::http {

class service;
class busy_connection;

/// A connection for as long as its flow is open. What it takes to serve requests is made when bytes come and
/// gone when all of them are answered: of an idle connection, this is all that there is.
class connection : public list_link {
 public:
  connection(service& on, stream& flow) noexcept;
  ~connection();

  [[nodiscard]] bool is_open() const noexcept { return open_; }
  /// A wait for bytes; nothing when it has been idle too long or the server stops.
  template <class Read>
  [[nodiscard]] interruptible::awaiter<Read> idle(Read read) noexcept {
    return wait_.run(std::move(read), idle_until_);
  }
  /// Does what is to be done with what came of that wait, until nothing is left to do; it must outlive the
  /// task.
  task<> serve(std::optional<result<buffer, v1::flow_error>>& got);
  /// No further request; a wait for one ends.
  void stop() noexcept;

 private:
  friend class busy_connection;
  service& service_;
  stream& stream_;
  busy_connection* busy_ = nullptr;  // in the frame of `serve`
  interruptible wait_;
  instant idle_until_;
  std::uint32_t requests_ = 0;
  bool open_ = true;
};

}  // namespace mirage::http
