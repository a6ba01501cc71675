// SPDX-License-Identifier: ISC
// An ICMP layer: no `input`.
// error: 'mirage::icmpv4' does not satisfy 'icmp_input'
// error: 'i.input(header, std::move(message), up)' would be invalid: no member named 'input' in
#include "mirage/v1.hpp"

namespace mirage {

struct icmpv4 {
  icmpv4(icmpv4&&) = delete;
  std::string_view name() const noexcept;
  using address = ipv4_address;
  task<result<duration, v1::net_error>> ping(address to, std::size_t payload, duration limit);
};
static_assert(v1::icmp<icmpv4>);

}  // namespace mirage
