// SPDX-License-Identifier: ISC
// A device: `name` is not const.
// error: 'mirage::lamp' does not satisfy 'device_name'
// error: 'd.name()' would be invalid: 'this' argument to member function 'name' has type 'const
#include "mirage/v1.hpp"

namespace mirage {

struct lamp {
  lamp(lamp&&) = delete;
  std::string_view name() noexcept;
};
static_assert(v1::device<lamp>);

}  // namespace mirage
