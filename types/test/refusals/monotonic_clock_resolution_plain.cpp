// SPDX-License-Identifier: ISC
// A monotonic clock: `resolution` cannot say that it is not known.
// error: 'mirage::stopwatch' does not satisfy 'clock_resolution'
// error: type constraint 'std::same_as<std::chrono::duration<long, std::ratio<1, 1000000000> >,
#include "mirage/v1.hpp"

namespace mirage {

struct stopwatch {
  stopwatch(stopwatch&&) = delete;
  std::string_view name() const noexcept;
  instant now() noexcept;
  duration resolution() noexcept;
};
static_assert(v1::monotonic_clock<stopwatch>);

}  // namespace mirage
