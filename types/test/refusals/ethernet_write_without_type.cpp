// SPDX-License-Identifier: ISC
// An Ethernet layer: `write` takes no type.
// error: 'mirage::framing' does not satisfy 'ethernet_write'
// error: 'e.write(to, type, how, std::move(f), std::move(slices))' would be invalid: no matching member
#include "mirage/v1.hpp"

namespace mirage {

struct framing {
  framing(framing&&) = delete;
  std::string_view name() const noexcept;
  mac_address mac() const noexcept;
  v1::capabilities capabilities() const noexcept;
  template <v1::fill F>
  result<void, v1::net_error> write(mac_address to, const v1::transmit& how, F fill, buffer_list slices);
  template <class Up>
  void input(buffer&& frame, const v1::received& how, Up& up);
};
static_assert(v1::ethernet<framing>);

}  // namespace mirage
