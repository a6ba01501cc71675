// SPDX-License-Identifier: ISC
// An ICMP layer: `input` tells nobody of lost packets.
// error: 'mirage::icmpv4' does not satisfy 'icmp_input'
// error: 'i.input(header, std::move(message), up)' would be invalid: too many arguments to function call,
#include "mirage/v1.hpp"

namespace mirage {

struct icmpv4 {
  icmpv4(icmpv4&&) = delete;
  std::string_view name() const noexcept;
  using address = ipv4_address;
  task<result<duration, v1::net_error>> ping(address to, std::size_t payload, duration limit);
  void input(const v1::ip_header<address>& header, buffer&& message);
};
static_assert(v1::icmp<icmpv4>);

}  // namespace mirage
