// SPDX-License-Identifier: ISC
// TCP on kernel sockets.
#pragma once

#include <coroutine>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "mirage/core/counters.hpp"
#include "mirage/core/list.hpp"
#include "mirage/linux/image_file.hpp"
#include "mirage/linux/socket_flow.hpp"
#include "mirage/linux/socket_listener.hpp"
#include "mirage/linux/socket_options.hpp"

namespace mirage {

/// `v1::tcp`. `options` and `name` must outlive it.
class socket_tcp {
 public:
  using flow = socket_flow;
  using listener = socket_listener;

  socket_tcp(std::string_view name, const socket_options& options) noexcept;
  socket_tcp(const socket_tcp&) = delete;
  socket_tcp& operator=(const socket_tcp&) = delete;
  /// Every flow and listener must have gone.
  ~socket_tcp();

  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  class [[nodiscard]] connect_awaiter;
  connect_awaiter connect(const endpoint& peer) noexcept;
  result<listener, v1::listen_error> listen(const endpoint& local);

  /// Whoever waits for a connection gets `closed`.
  void stop() noexcept;

  [[nodiscard]] std::uint32_t open_connections() const noexcept { return open_; }

 private:
  friend class detail::listening_port;
  friend class detail::socket_connection;

  [[nodiscard]] const socket_options& options() const noexcept { return options_; }
  [[nodiscard]] const image_file& image() const noexcept { return image_; }
  /// Null at the cap on connections.
  [[nodiscard]] std::unique_ptr<detail::socket_connection> take() noexcept;
  void give_back(std::unique_ptr<detail::socket_connection> connection) noexcept;
  [[nodiscard]] std::unique_ptr<detail::socket_connection> start_connecting(const endpoint& peer,
                                                                            v1::flow_error& why) noexcept;
  struct connecting {
    file_descriptor socket;
    bool at_once;
  };
  result<connecting, v1::flow_error> connect_socket(const endpoint& peer) noexcept;
  result<file_descriptor, v1::listen_error> open_listening(const endpoint& local) noexcept;
  result<void, v1::listen_error> listen_on_both(detail::listening_port& port, std::uint16_t number) noexcept;

  std::string_view name_;
  const socket_options& options_;
  std::unique_ptr<detail::socket_connection> free_;
  list listeners_;
  image_file image_;
  file_descriptor reserve_;  // given up for a moment to refuse what there is no descriptor for
  std::uint32_t open_ = 0;

  metric_label label_{"device", name_};
  counter accepted_{label_, "tcp_connections_accepted_total", "Connections taken from listeners"};
  counter connected_{label_, "tcp_connections_opened_total", "Connections made to peers"};
  counter at_limit_{
      label_, "tcp_connections_refused_total", {"reason", "limit"}, "Connections reset at once"};
  counter no_descriptor_{label_, "tcp_connections_refused_total", {"reason", "descriptors"}};
  counter accept_calls_{label_, "tcp_accept_calls_total", "System calls for new connections"};
  gauge open_gauge_{
      "tcp_connections_open", {label_}, "Connections now", open_, [](const std::uint32_t& open) noexcept {
        return open;
      }};
};

class socket_tcp::connect_awaiter : connection_waiter<detail::socket_connection> {
 public:
  connect_awaiter(socket_tcp& tcp, const endpoint& peer) noexcept
      : connection_waiter(nullptr), tcp_(tcp), peer_(peer) {}
  connect_awaiter(connect_awaiter&&) noexcept = default;
  ~connect_awaiter();

  [[nodiscard]] bool await_ready() noexcept;
  template <task_promise Promise>
  void await_suspend(std::coroutine_handle<Promise> who) noexcept {
    connection->connector = this;
    suspend(who.promise(), "TCP connect");
  }
  [[nodiscard]] result<socket_flow, v1::flow_error> await_resume() noexcept;

 private:
  socket_tcp& tcp_;
  endpoint peer_;
  std::unique_ptr<detail::socket_connection> owned_;
  v1::flow_error why_ = v1::flow_error::closed;
};

inline socket_tcp::connect_awaiter socket_tcp::connect(const endpoint& peer) noexcept {
  return {*this, peer};
}

static_assert(v1::tcp<socket_tcp>);

}  // namespace mirage
