// SPDX-License-Identifier: ISC
// A network: `listen` takes the sink by value.
// error: 'mirage::tap' does not satisfy 'network_listen'
// error: 'n.listen(sink)' would be invalid: call to implicitly-deleted copy constructor of
#include "mirage/v1.hpp"

namespace mirage {

struct tap {
  tap(tap&&) = delete;
  std::string_view name() const noexcept;
  mac_address mac() const noexcept;
  v1::capabilities capabilities() const noexcept;
  template <v1::fill F>
  result<void, v1::net_error> write(const v1::transmit& how, F fill, buffer_list slices);
  template <v1::network_sink S>
  subscription listen(S sink);
};
static_assert(v1::network<tap>);

}  // namespace mirage
