// SPDX-License-Identifier: ISC
// The HTTP/1.1 server over any stack, RFC 9110 and RFC 9112: the shell around `server_core`.
//
//   http_server<socket_stack> http{"http", stack};
//   auto served = co_await http.serve({{}, 8080}, handler);    // task<> handler(http::exchange&)
//
// Not implemented: upgrades, CONNECT, trailer fields (they are checked and dropped), compression on the fly.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "mirage/core/counters.hpp"
#include "mirage/core/event.hpp"
#include "mirage/core/list.hpp"
#include "mirage/core/scope.hpp"
#include "mirage/http/connection.hpp"
#include "mirage/http/exchange.hpp"
#include "mirage/http/interruptible.hpp"
#include "mirage/http/limits.hpp"
#include "mirage/http/refusal.hpp"
#include "mirage/http/stream.hpp"

namespace mirage::http {

/// What the connections of one server count.
class server_counters {
 public:
  explicit server_counters(std::string_view device) noexcept;
  void refused(refusal reason) noexcept { ++refusals_[static_cast<std::size_t>(reason)]; }
  void responded(status code) noexcept { ++responses_[number(code) / 100 - 1]; }

 private:
  metric_label device_;

 public:
  std::uint32_t open = 0;
  counter connections;
  counter requests;
  counter unanswered;

 private:
  std::array<counter, 5> responses_;
  std::array<counter, refusal_count> refusals_;
  gauge open_gauge_;
};

/// The Date field of the answers. The wall clock is read once a second of the monotonic one, so the text is
/// at most a second behind where the wall clock was set.
class server_date {
 public:
  [[nodiscard]] std::string_view text() noexcept {
    look();
    return text_.at(wall_);
  }
  [[nodiscard]] seconds_time seconds() noexcept {
    look();
    return to_seconds(wall_);
  }

 private:
  void look() noexcept {
    if (os::now() < look_again_) return;
    wall_ = os::wall();
    look_again_ = later(os::now(), to_seconds(wall_) + 1s - wall_);
  }
  date_cache text_;
  wall_time wall_{};
  instant look_again_{};
};

/// What the server has for all ports, whatever the stack.
class server_base {
 public:
  server_base(std::string_view name, const limits& bounds) noexcept;
  server_base(const server_base&) = delete;
  server_base& operator=(const server_base&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  /// Every `serve` ends: no connection is accepted any more, idle ones are closed, and running answers have
  /// `limits::stop_time`. Done when all have ended.
  task<> stop();

 protected:
  ~server_base() = default;

 private:
  friend class service;
  friend class connection;
  friend class busy_connection;
  std::string_view name_;
  limits limits_;
  server_counters counters_;
  server_date date_;
  list services_;
  event ended_;
  bool stopping_ = false;
};

/// A handler of any type, referred to.
struct handler_reference {
  void* object;
  task<> (*call)(void* object, exchange& with);
};

/// One port of a server.
class service : public list_link {
 public:
  service(server_base& server, handler_reference handler) noexcept;
  ~service();

  [[nodiscard]] bool stopping() const noexcept;
  [[nodiscard]] bool full() const noexcept;
  /// Ends a wait for the next connection, and all connections in order.
  void stop() noexcept;
  [[nodiscard]] instant stop_deadline() const noexcept;

  /// Answers 503 at once: there are too many connections.
  task<> refuse(stream& flow);
  /// A connection that there was no room for at all.
  void count_overload() noexcept;

  /// What waits for connections.
  interruptible accepting;

 private:
  friend class connection;
  friend class busy_connection;
  friend class server_base;
  server_base& server_;
  handler_reference handler_;
  list connections_;
};

/// Serves a flow to its end. A connection that is idle waits here, in its only frame.
template <v1::flow Flow>
task<> serve(service& port, Flow flow) {
  stream_over<Flow> stream{flow};
  connection served{port, stream};
  while (served.is_open()) {
    auto got = co_await served.idle(flow.read());
    task<> work = served.serve(got);
    if (!work) co_return port.count_overload();
    co_await std::move(work);
  }
}

}  // namespace mirage::http

namespace mirage {

/// `v1::http_server`. The stack and the name must outlive it.
template <v1::stack Stack>
class http_server : public http::server_base {
 public:
  using exchange = http::exchange;

  explicit http_server(std::string_view name, Stack& stack, const http::limits& bounds = {}) noexcept
      : server_base(name, bounds), stack_(stack) {}

  /// The handler may be called again before it has ended, for another connection.
  template <class Handler>
    requires std::is_invocable_r_v<task<>, Handler&, http::exchange&>
  task<result<void, v1::listen_error>> serve(endpoint local, Handler handler) {
    const http::handler_reference reference{&handler, [](void* object, http::exchange& with) -> task<> {
                                              return (*static_cast<Handler*>(object))(with);
                                            }};
    co_return co_await serve_port(local, reference);
  }

 private:
  using flow = typename Stack::flow;

  /// Compiled once, whatever the handlers are.
  task<result<void, v1::listen_error>> serve_port(endpoint local, http::handler_reference handler) {
    auto listener = stack_.tcp().listen(local);
    if (!listener) co_return fail(listener.error());
    http::service port{*this, handler};
    scope connections;
    while (!port.stopping()) {
      auto accepted = co_await port.accepting.run(listener->accept(), never);
      if (!accepted) break;
      if (!*accepted && accepted->error() == v1::listen_error::closed) break;
      if (!*accepted) co_return fail(accepted->error());
      if (port.full()) {
        co_await refuse(port, *std::move(*accepted));
        continue;
      }
      auto started = connections.spawn("http connection", http::serve(port, *std::move(*accepted)));
      if (!started) port.count_overload();
    }
    port.stop();
    co_await connections.join_until(port.stop_deadline());
    co_return result<void, v1::listen_error>{};
  }

  static task<> refuse(http::service& port, flow accepted) {
    http::stream_over<flow> stream{accepted};
    co_await port.refuse(stream);
  }

  Stack& stack_;
};

}  // namespace mirage
