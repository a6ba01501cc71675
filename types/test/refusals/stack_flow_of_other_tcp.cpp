// SPDX-License-Identifier: ISC
// A stack: its `flow` is not that of its TCP.
// error: 'mirage::sockets' does not satisfy 'stack_tcp'
// error: 'std::same_as<typename sockets::flow, typename std::remove_cvref_t<decltype(s.tcp())>::flow>'
#include "../archetypes.hpp"

namespace mirage {

struct sockets {
  sockets(sockets&&) = delete;
  std::string_view name() const noexcept;
  using flow = archetypes::flow;
  using listener = archetypes::tcp_listener;
  archetypes::tcp& tcp();
  archetypes::udp& udp();
  std::vector<ip_address> addresses() const;
};
static_assert(v1::stack<sockets>);

}  // namespace mirage
