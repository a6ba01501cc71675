// SPDX-License-Identifier: ISC
// A monotonic clock: `now` gives the time of the other clock.
// error: 'mirage::stopwatch' does not satisfy 'monotonic_clock_now'
// error: type constraint 'std::same_as<std::chrono::time_point<mirage::wall_clock>, instant>' was not
#include "mirage/v1.hpp"

namespace mirage {

struct stopwatch {
  stopwatch(stopwatch&&) = delete;
  std::string_view name() const noexcept;
  wall_time now() noexcept;
  std::optional<duration> resolution() noexcept;
};
static_assert(v1::monotonic_clock<stopwatch>);

}  // namespace mirage
