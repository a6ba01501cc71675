// SPDX-License-Identifier: ISC
// A TCP connection on a kernel socket, RFC 9293. A request and its answer cost one recv and one sendmsg.
#pragma once

#include "mirage/basic_tcp_flow.hpp"
#include "mirage/linux/socket_connection.hpp"

namespace mirage {

/// The stack must outlive it. `keep_alive` counts in whole seconds, at least one.
class socket_flow final : public basic_tcp_flow<detail::socket_connection> {
  using basic_tcp_flow::basic_tcp_flow;
};

static_assert(v1::tcp_flow<socket_flow>);

}  // namespace mirage
