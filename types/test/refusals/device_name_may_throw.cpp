// SPDX-License-Identifier: ISC
// A device: `name` may throw.
// error: 'mirage::lamp' does not satisfy 'device_name'
// error: 'd.name()' may throw an exception
#include "mirage/v1.hpp"

namespace mirage {

struct lamp {
  lamp(lamp&&) = delete;
  std::string_view name() const;
};
static_assert(v1::device<lamp>);

}  // namespace mirage
