// SPDX-License-Identifier: ISC
// A wall clock: `now` may throw.
// error: 'mirage::sundial' does not satisfy 'wall_clock_now'
// error: 'c.now()' may throw an exception
#include "mirage/v1.hpp"

namespace mirage {

struct sundial {
  sundial(sundial&&) = delete;
  std::string_view name() const noexcept;
  wall_time now();
  std::optional<duration> resolution() noexcept;
};
static_assert(v1::wall_clock<sundial>);

}  // namespace mirage
