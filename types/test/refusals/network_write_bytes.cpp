// SPDX-License-Identifier: ISC
// A network: `write` takes a finished frame.
// error: 'mirage::tap' does not satisfy 'network_write'
// error: 'n.write(how, std::move(f), std::move(slices))' would be invalid: too many arguments to function
#include "mirage/v1.hpp"

namespace mirage {

struct tap {
  tap(tap&&) = delete;
  std::string_view name() const noexcept;
  mac_address mac() const noexcept;
  v1::capabilities capabilities() const noexcept;
  result<void, v1::net_error> write(cbytes frame);
  template <v1::network_sink S>
  subscription listen(S& sink);
};
static_assert(v1::network<tap>);

}  // namespace mirage
