// SPDX-License-Identifier: ISC
// An Ethernet layer: no `input`.
// error: 'mirage::framing' does not satisfy 'ethernet_input'
// error: 'e.input(std::move(frame), how, up)' would be invalid: no member named 'input' in 'mirage::framing'
#include "mirage/v1.hpp"

namespace mirage {

struct framing {
  framing(framing&&) = delete;
  std::string_view name() const noexcept;
  mac_address mac() const noexcept;
  v1::capabilities capabilities() const noexcept;
  template <v1::fill F>
  result<void, v1::net_error> write(mac_address to, std::uint16_t type, const v1::transmit& how, F fill,
                                    buffer_list slices);
};
static_assert(v1::ethernet<framing>);

}  // namespace mirage
