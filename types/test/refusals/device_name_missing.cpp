// SPDX-License-Identifier: ISC
// A device: no `name`.
// error: 'mirage::lamp' does not satisfy 'device_name'
// error: 'd.name()' would be invalid: no member named 'name' in 'mirage::lamp'
#include "mirage/v1.hpp"

namespace mirage {

struct lamp {
  lamp(lamp&&) = delete;
};
static_assert(v1::device<lamp>);

}  // namespace mirage
