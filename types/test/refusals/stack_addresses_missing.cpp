// SPDX-License-Identifier: ISC
// A stack: no `addresses`.
// error: 'mirage::sockets' does not satisfy 'stack_addresses'
// error: 's.addresses()' would be invalid: no member named 'addresses' in 'mirage::sockets'
#include "../archetypes.hpp"

namespace mirage {

struct sockets {
  sockets(sockets&&) = delete;
  std::string_view name() const noexcept;
  using flow = archetypes::tcp_flow;
  using listener = archetypes::tcp_listener;
  archetypes::tcp& tcp();
  archetypes::udp& udp();
};
static_assert(v1::stack<sockets>);

}  // namespace mirage
