// SPDX-License-Identifier: ISC
// A wall clock: `now` gives the time of the other clock.
// error: 'mirage::sundial' does not satisfy 'wall_clock_now'
// error: type constraint 'std::same_as<std::chrono::time_point<mirage::monotonic_clock>, wall_time>' was not
#include "mirage/v1.hpp"

namespace mirage {

struct sundial {
  sundial(sundial&&) = delete;
  std::string_view name() const noexcept;
  instant now() noexcept;
  std::optional<duration> resolution() noexcept;
};
static_assert(v1::wall_clock<sundial>);

}  // namespace mirage
