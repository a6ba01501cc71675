// SPDX-License-Identifier: ISC
// A network: `listen` gives nothing that ends it.
// error: 'mirage::tap' does not satisfy 'network_listen'
// error: type constraint 'std::same_as<void, subscription>' was not satisfied
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
  void listen(S& sink);
};
static_assert(v1::network<tap>);

}  // namespace mirage
