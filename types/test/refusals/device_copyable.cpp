// SPDX-License-Identifier: ISC
// A device: it can be copied.
// error: 'mirage::lamp' does not satisfy 'device_is_not_movable'
// error: '!std::copy_constructible<mirage::lamp>' evaluated to false
#include "mirage/v1.hpp"

namespace mirage {

struct lamp {
  lamp(const lamp&) = default;
  std::string_view name() const noexcept;
};
static_assert(v1::device<lamp>);

}  // namespace mirage
