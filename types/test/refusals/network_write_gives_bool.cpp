// SPDX-License-Identifier: ISC
// A network: `write` does not say why it failed.
// error: 'mirage::tap' does not satisfy 'network_write'
// error: type constraint 'std::same_as<_Bool, result<void, net_error> >' was not satisfied
#include "mirage/v1.hpp"

namespace mirage {

struct tap {
  tap(tap&&) = delete;
  std::string_view name() const noexcept;
  mac_address mac() const noexcept;
  v1::capabilities capabilities() const noexcept;
  template <v1::fill F>
  bool write(const v1::transmit& how, F fill, buffer_list slices);
  template <v1::network_sink S>
  subscription listen(S& sink);
};
static_assert(v1::network<tap>);

}  // namespace mirage
