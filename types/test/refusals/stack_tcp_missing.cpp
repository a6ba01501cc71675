// SPDX-License-Identifier: ISC
// A stack: no `tcp`.
// error: 'mirage::sockets' does not satisfy 'stack_tcp'
// error: 'tcp<std::remove_cvref_t<decltype(s.tcp())>>' would be invalid: no member named 'tcp' in
#include "../archetypes.hpp"

namespace mirage {

struct sockets {
  sockets(sockets&&) = delete;
  std::string_view name() const noexcept;
  using flow = archetypes::tcp_flow;
  using listener = archetypes::tcp_listener;
  archetypes::udp& udp();
  std::vector<ip_address> addresses() const;
};
static_assert(v1::stack<sockets>);

}  // namespace mirage
