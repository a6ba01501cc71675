// SPDX-License-Identifier: ISC
// A device: `name` gives a number.
// error: 'mirage::lamp' does not satisfy 'device_name'
// error: type constraint 'std::convertible_to<int, std::string_view>' was not satisfied
#include "mirage/v1.hpp"

namespace mirage {

struct lamp {
  lamp(lamp&&) = delete;
  int name() const noexcept;
};
static_assert(v1::device<lamp>);

}  // namespace mirage
