// SPDX-License-Identifier: ISC
// The host's TCP and UDP as a stack: sockets of the kernel instead of a network of our own.
#pragma once

#include <string_view>
#include <vector>

#include "mirage/linux/socket_options.hpp"
#include "mirage/linux/socket_tcp.hpp"
#include "mirage/linux/socket_udp.hpp"

namespace mirage {

/// `v1::stack`
class socket_stack {
 public:
  using flow = socket_flow;
  using listener = socket_listener;

  /// `name` must outlive it.
  explicit socket_stack(std::string_view name, const socket_options& options = {}) noexcept
      : options_(options), tcp_(name, options_), udp_(name, options_) {}
  socket_stack(const socket_stack&) = delete;
  socket_stack& operator=(const socket_stack&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return tcp_.name(); }
  [[nodiscard]] socket_tcp& tcp() noexcept { return tcp_; }
  [[nodiscard]] socket_udp& udp() noexcept { return udp_; }

  /// Those of the host's interfaces that are up, as far as the options let this stack use them.
  [[nodiscard]] std::vector<ip_address> addresses() const;

  /// Ends the listening and sends the datagrams that are still here.
  task<> stop();

 private:
  socket_options options_;
  socket_tcp tcp_;
  socket_udp udp_;
};

static_assert(v1::stack<socket_stack>);

}  // namespace mirage
