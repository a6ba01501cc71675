// SPDX-License-Identifier: ISC
// An IP layer: no `write`.
// error: 'mirage::ipv4' does not satisfy 'ip_write'
// error: 'i.write(header, how, std::move(f), std::move(slices))' would be invalid: no member named 'write'
#include "mirage/v1.hpp"

namespace mirage {

struct ipv4 {
  ipv4(ipv4&&) = delete;
  std::string_view name() const noexcept;
  using address = ipv4_address;
  result<v1::ip_route<address>, v1::net_error> route(const address& to);
  template <class Up>
  void input(buffer&& packet, const v1::received& how, Up& up);
  std::span<const address> addresses() const noexcept;
};
static_assert(v1::ip<ipv4>);

}  // namespace mirage
