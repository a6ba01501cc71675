// SPDX-License-Identifier: ISC
// A wall clock: no `resolution`.
// error: 'mirage::sundial' does not satisfy 'clock_resolution'
// error: 'c.resolution()' would be invalid: no member named 'resolution' in 'mirage::sundial'
#include "mirage/v1.hpp"

namespace mirage {

struct sundial {
  sundial(sundial&&) = delete;
  std::string_view name() const noexcept;
  wall_time now() noexcept;
};
static_assert(v1::wall_clock<sundial>);

}  // namespace mirage
