// SPDX-License-Identifier: ISC
// Dates, RFC 9110 §5.6.7.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "mirage/core/time.hpp"

namespace mirage::http {

/// Unix time in whole seconds: HTTP knows nothing finer.
using seconds_time = std::chrono::time_point<wall_clock, std::chrono::duration<std::int64_t>>;

[[nodiscard]] constexpr seconds_time to_seconds(wall_time when) noexcept {
  return std::chrono::floor<std::chrono::duration<std::int64_t>>(when);
}

/// Reads any of the three forms: IMF-fixdate, and the obsolete ones of RFC 850 and of asctime. A year of two
/// digits is the one that is at most 50 years after `now`. Nothing if it is malformed, or names a day that
/// does not exist; whether the day of the week fits the date is not looked at.
[[nodiscard]] std::optional<seconds_time> parse_date(std::string_view text, seconds_time now) noexcept;

inline constexpr std::size_t date_length = 29;
using date_text = std::array<char, date_length>;

/// "Sun, 06 Nov 1994 08:49:37 GMT". Years before 0 and after 9999 become these.
[[nodiscard]] date_text print_date(seconds_time when) noexcept;

/// The text of the current second, made anew only when the second has changed: for the Date field.
class date_cache {
 public:
  /// Valid until the next call.
  [[nodiscard]] std::string_view at(wall_time now) noexcept {
    const seconds_time second = to_seconds(now);
    if (second != second_) renew(second);
    return {text_.data(), text_.size()};
  }

 private:
  void renew(seconds_time second) noexcept;
  seconds_time second_{std::chrono::duration<std::int64_t>{-1}};
  date_text text_{};
};

}  // namespace mirage::http
