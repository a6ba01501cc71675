// SPDX-License-Identifier: ISC
// A network: `write` waits for room.
// error: 'mirage::tap' does not satisfy 'network_write'
// error: type constraint 'std::same_as<mirage::task<std::expected<void, mirage::v1::net_error> >,
#include "mirage/v1.hpp"

namespace mirage {

struct tap {
  tap(tap&&) = delete;
  std::string_view name() const noexcept;
  mac_address mac() const noexcept;
  v1::capabilities capabilities() const noexcept;
  template <v1::fill F>
  task<result<void, v1::net_error>> write(const v1::transmit& how, F fill, buffer_list slices);
  template <v1::network_sink S>
  subscription listen(S& sink);
};
static_assert(v1::network<tap>);

}  // namespace mirage
