// SPDX-License-Identifier: ISC
// An Ethernet layer: no `write`.
// error: 'mirage::framing' does not satisfy 'ethernet_write'
// error: 'e.write(to, type, how, std::move(f), std::move(slices))' would be invalid: no member named 'write'
#include "mirage/v1.hpp"

namespace mirage {

struct framing {
  framing(framing&&) = delete;
  std::string_view name() const noexcept;
  mac_address mac() const noexcept;
  v1::capabilities capabilities() const noexcept;
  template <class Up>
  void input(buffer&& frame, const v1::received& how, Up& up);
};
static_assert(v1::ethernet<framing>);

}  // namespace mirage
