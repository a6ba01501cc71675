// SPDX-License-Identifier: ISC
// A network: `write` wants a callable that can be copied.
// error: 'mirage::tap' does not satisfy 'network_write'
// error: 'n.write(how, std::move(f), std::move(slices))' would be invalid: no matching member function for
#include "mirage/v1.hpp"

namespace mirage {

struct tap {
  tap(tap&&) = delete;
  std::string_view name() const noexcept;
  mac_address mac() const noexcept;
  v1::capabilities capabilities() const noexcept;
  template <std::copy_constructible F>
  result<void, v1::net_error> write(const v1::transmit& how, F fill, buffer_list slices);
  template <v1::network_sink S>
  subscription listen(S& sink);
};
static_assert(v1::network<tap>);

}  // namespace mirage
