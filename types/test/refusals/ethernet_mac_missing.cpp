// SPDX-License-Identifier: ISC
// An Ethernet layer: no `mac`.
// error: 'mirage::framing' does not satisfy 'network_mac'
// error: 'n.mac()' would be invalid: no member named 'mac' in 'mirage::framing'
#include "mirage/v1.hpp"

namespace mirage {

struct framing {
  framing(framing&&) = delete;
  std::string_view name() const noexcept;
  v1::capabilities capabilities() const noexcept;
  template <v1::fill F>
  result<void, v1::net_error> write(mac_address to, std::uint16_t type, const v1::transmit& how, F fill,
                                    buffer_list slices);
  template <class Up>
  void input(buffer&& frame, const v1::received& how, Up& up);
};
static_assert(v1::ethernet<framing>);

}  // namespace mirage
