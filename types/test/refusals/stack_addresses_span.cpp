// SPDX-License-Identifier: ISC
// A stack: `addresses` gives a view of what may change.
// error: 'mirage::sockets' does not satisfy 'stack_addresses'
// error: type constraint 'std::same_as<std::span<const mirage::ip_address>, std::vector<ip_address> >' was
#include "../archetypes.hpp"

namespace mirage {

struct sockets {
  sockets(sockets&&) = delete;
  std::string_view name() const noexcept;
  using flow = archetypes::tcp_flow;
  using listener = archetypes::tcp_listener;
  archetypes::tcp& tcp();
  archetypes::udp& udp();
  std::span<const ip_address> addresses() const;
};
static_assert(v1::stack<sockets>);

}  // namespace mirage
