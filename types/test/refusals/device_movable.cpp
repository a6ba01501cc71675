// SPDX-License-Identifier: ISC
// A device: it can be moved, which is what happens when nothing is said.
// error: 'mirage::lamp' does not satisfy 'device_is_not_movable'
// error: '!std::copy_constructible<mirage::lamp>' evaluated to false
#include "mirage/v1.hpp"

namespace mirage {

struct lamp {
  std::string_view name() const noexcept;
};
static_assert(v1::device<lamp>);

}  // namespace mirage
