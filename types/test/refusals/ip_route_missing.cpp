// SPDX-License-Identifier: ISC
// An IP layer: no `route`.
// error: 'mirage::ipv4' does not satisfy 'ip_route_to'
// error: 'i.route(to)' would be invalid: no member named 'route' in 'mirage::ipv4'
#include "mirage/v1.hpp"

namespace mirage {

struct ipv4 {
  ipv4(ipv4&&) = delete;
  std::string_view name() const noexcept;
  using address = ipv4_address;
  template <v1::fill F>
  result<void, v1::net_error> write(const v1::ip_header<address>& header, const v1::transmit& how, F fill,
                                    buffer_list slices);
  template <class Up>
  void input(buffer&& packet, const v1::received& how, Up& up);
  std::span<const address> addresses() const noexcept;
};
static_assert(v1::ip<ipv4>);

}  // namespace mirage
