// SPDX-License-Identifier: ISC
// A network: no `listen`.
// error: 'mirage::tap' does not satisfy 'network_listen'
// error: 'n.listen(sink)' would be invalid: no member named 'listen' in 'mirage::tap'
#include "mirage/v1.hpp"

namespace mirage {

struct tap {
  tap(tap&&) = delete;
  std::string_view name() const noexcept;
  mac_address mac() const noexcept;
  v1::capabilities capabilities() const noexcept;
  template <v1::fill F>
  result<void, v1::net_error> write(const v1::transmit& how, F fill, buffer_list slices);
};
static_assert(v1::network<tap>);

}  // namespace mirage
