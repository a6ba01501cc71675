// SPDX-License-Identifier: ISC
// A stack: no `udp`.
// error: 'mirage::sockets' does not satisfy 'stack_udp'
// error: 'udp<std::remove_cvref_t<decltype(s.udp())>>' would be invalid: no member named 'udp' in
#include "../archetypes.hpp"

namespace mirage {

struct sockets {
  sockets(sockets&&) = delete;
  std::string_view name() const noexcept;
  using flow = archetypes::tcp_flow;
  using listener = archetypes::tcp_listener;
  archetypes::tcp& tcp();
  std::vector<ip_address> addresses() const;
};
static_assert(v1::stack<sockets>);

}  // namespace mirage
