// SPDX-License-Identifier: ISC
// A network: it can be moved.
// error: 'mirage::tap' does not satisfy 'device_is_not_movable'
// error: '!std::copy_constructible<mirage::tap>' evaluated to false
#include "mirage/v1.hpp"

namespace mirage {

struct tap {
  std::string_view name() const noexcept;
  mac_address mac() const noexcept;
  v1::capabilities capabilities() const noexcept;
  template <v1::fill F>
  result<void, v1::net_error> write(const v1::transmit& how, F fill, buffer_list slices);
  template <v1::network_sink S>
  subscription listen(S& sink);
};
static_assert(v1::network<tap>);

}  // namespace mirage
