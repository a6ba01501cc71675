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

 public:
  /// Besides what `v1::tcp_flow` asks for: how long what was written may wait for an acknowledgement before
  /// the flow fails with `timed_out`; 0, as in a new flow, is `tcp_options::user_timeout`. For this end
  /// alone: the option of RFC 5482 is not sent.
  void user_timeout(duration limit) noexcept { connection().core.set_user_timeout(limit); }
};

static_assert(v1::tcp_flow<tcp_flow>);

}  // namespace mirage
