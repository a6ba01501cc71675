// SPDX-License-Identifier: ISC
// An IP layer: no type `address`.
// error: 'mirage::ipv4' does not satisfy 'ip_address_type'
// error: 'typename I::address' would be invalid: no type named 'address' in 'mirage::ipv4'
#include "mirage/v1.hpp"

namespace mirage {

struct ipv4 {
  ipv4(ipv4&&) = delete;
  std::string_view name() const noexcept;
  template <v1::fill F>
  result<void, v1::net_error> write(const v1::ip_header<ipv4_address>& header, const v1::transmit& how,
                                    F fill, buffer_list slices);
  result<v1::ip_route<ipv4_address>, v1::net_error> route(ipv4_address to);
  template <class Up>
  void input(buffer&& packet, const v1::received& how, Up& up);
  std::span<const ipv4_address> addresses() const noexcept;
};
static_assert(v1::ip<ipv4>);

}  // namespace mirage
