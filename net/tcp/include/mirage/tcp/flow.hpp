// SPDX-License-Identifier: ISC
// `v1::tcp_flow` of our own TCP. What is written leaves at the end of the round, together with what else
// there is to say.
#pragma once

#include "mirage/basic_tcp_flow.hpp"
#include "mirage/tcp/live_connection.hpp"

namespace mirage {

/// The TCP must outlive it.
class tcp_flow final : public basic_tcp_flow<tcp_protocol::live_connection> {
  using basic_tcp_flow::basic_tcp_flow;
};

static_assert(v1::tcp_flow<tcp_flow>);

}  // namespace mirage
