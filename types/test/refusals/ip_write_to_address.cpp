// SPDX-License-Identifier: ISC
// An IP layer: `write` takes an address where a header is wanted.
// error: 'mirage::ipv4' does not satisfy 'ip_write'
// error: 'i.write(header, how, std::move(f), std::move(slices))' would be invalid: no matching member
#include "mirage/v1.hpp"

namespace mirage {

struct ipv4 {
  ipv4(ipv4&&) = delete;
  std::string_view name() const noexcept;
  using address = ipv4_address;
  template <v1::fill F>
  result<void, v1::net_error> write(ipv4_address to, v1::ip_protocol protocol, const v1::transmit& how,
                                    F fill, buffer_list slices);
  result<v1::ip_route<address>, v1::net_error> route(const address& to);
  template <class Up>
  void input(buffer&& packet, const v1::received& how, Up& up);
  std::span<const address> addresses() const noexcept;
};
static_assert(v1::ip<ipv4>);

}  // namespace mirage
