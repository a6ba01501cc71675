// SPDX-License-Identifier: ISC
// A stack: its `tcp` is a UDP.
// error: 'mirage::sockets' does not satisfy 'stack_tcp'
// error: 'std::remove_cvref_t<decltype(s.tcp())>' (aka 'mirage::archetypes::udp') does not satisfy 'tcp'
#include "../archetypes.hpp"

namespace mirage {

struct sockets {
  sockets(sockets&&) = delete;
  std::string_view name() const noexcept;
  using flow = archetypes::tcp_flow;
  using listener = archetypes::tcp_listener;
  archetypes::udp& tcp();
  archetypes::udp& udp();
  std::vector<ip_address> addresses() const;
};
static_assert(v1::stack<sockets>);

}  // namespace mirage
