// SPDX-License-Identifier: ISC
// Points in time and lengths of time. The clocks are tags without `now()`: the time is asked of `os`.
#pragma once

#include <version>
// libstdc++ brings the streams and locales along with the calendar of <chrono>: three quarters of the time
// that a small file takes to compile. Durations and literals need none of it.
#if defined(__GLIBCXX__)
#include <bits/chrono.h>
#else
#include <chrono>
#endif
#include <cstdint>
#include <limits>

namespace mirage {

using duration = std::chrono::duration<std::int64_t, std::nano>;

/// Counts from an arbitrary point, never runs back, does not count leap seconds or corrections.
struct monotonic_clock {
  using rep = duration::rep;
  using period = duration::period;
  using duration = mirage::duration;
  using time_point = std::chrono::time_point<monotonic_clock>;
  static constexpr bool is_steady = true;
};

/// Unix time, in nanoseconds since 1970-01-01T00:00:00Z; may be set while the unikernel runs.
struct wall_clock {
  using rep = duration::rep;
  using period = duration::period;
  using duration = mirage::duration;
  using time_point = std::chrono::time_point<wall_clock>;
  static constexpr bool is_steady = false;
};

using instant = monotonic_clock::time_point;
using wall_time = wall_clock::time_point;

/// Later than every other instant: "no deadline".
inline constexpr instant never{duration{std::numeric_limits<std::int64_t>::max()}};

/// `from + by`, or `never` where that would overflow.
[[nodiscard]] constexpr instant later(instant from, duration by) noexcept {
  if (by > duration::zero() && from > never - by) return never;
  return from + by;
}

/// `10ms`, `2s`, for users outside of this namespace.
namespace literals {
using namespace std::literals::chrono_literals;
}
using namespace literals;

}  // namespace mirage
