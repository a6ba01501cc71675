// SPDX-License-Identifier: ISC
// An ICMP layer: no `ping`.
// error: 'mirage::icmpv4' does not satisfy 'icmp_ping'
// error: 'i.ping(to, payload, limit)' would be invalid: no member named 'ping' in 'mirage::icmpv4'
#include "mirage/v1.hpp"

namespace mirage {

struct icmpv4 {
  icmpv4(icmpv4&&) = delete;
  std::string_view name() const noexcept;
  using address = ipv4_address;
  template <class Up>
  void input(const v1::ip_header<address>& header, buffer&& message, Up& up);
};
static_assert(v1::icmp<icmpv4>);

}  // namespace mirage
