// SPDX-License-Identifier: ISC
// A monotonic clock: no `now`.
// error: 'mirage::stopwatch' does not satisfy 'monotonic_clock_now'
// error: 'c.now()' would be invalid: no member named 'now' in 'mirage::stopwatch'
#include "mirage/v1.hpp"

namespace mirage {

struct stopwatch {
  stopwatch(stopwatch&&) = delete;
  std::string_view name() const noexcept;
  std::optional<duration> resolution() noexcept;
};
static_assert(v1::monotonic_clock<stopwatch>);

}  // namespace mirage
