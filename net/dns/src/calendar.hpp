// SPDX-License-Identifier: ISC
// Times of signatures: `20261122153000` is a number of seconds since 1970, modulo 2^32 (RFC 4034 §3.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "mirage/core/format.hpp"

namespace mirage::dns {

namespace detail {

/// Days since 1970 of a date of the Gregorian calendar, with years that begin in March, so that the leap day
/// is the last.
constexpr std::int64_t days_of(std::int64_t year, unsigned month, unsigned day) noexcept {
  if (month <= 2) --year;
  const std::int64_t era = year / 400;
  const std::int64_t of_era = year - era * 400;
  const std::int64_t of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

}  // namespace detail

[[nodiscard]] constexpr std::optional<std::uint32_t> parse_signature_time(std::string_view text) noexcept {
  if (text.size() != 14) return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<unsigned>(c - '0');
  }
  const auto take = [&number](unsigned greatest) {
    const auto part = static_cast<unsigned>(number % 100);
    number /= 100;
    return part <= greatest ? static_cast<int>(part) : -1;
  };
  const int second = take(59);
  const int minute = take(59);
  const int hour = take(23);
  const int day = take(31);
  const int month = take(12);
  if (second < 0 || minute < 0 || hour < 0 || day < 1 || month < 1 || number < 1970) return std::nullopt;
  const std::int64_t days = detail::days_of(static_cast<std::int64_t>(number), static_cast<unsigned>(month),
                                            static_cast<unsigned>(day));
  return static_cast<std::uint32_t>(days * 86400 + hour * 3600 + minute * 60 + second);
}

inline void format_signature_time(text_writer& out, std::uint32_t time) noexcept {
  const std::int64_t days = time / 86400;
  std::int64_t year = 1970 + days / 366;
  while (detail::days_of(year + 1, 1, 1) <= days) ++year;
  unsigned month = 1;
  while (month < 12 && detail::days_of(year, month + 1, 1) <= days) ++month;
  const std::int64_t day = days - detail::days_of(year, month, 1) + 1;
  format_to(out, "{:04}{:02}{:02}{:02}{:02}{:02}", year, month, day, time / 3600 % 24, time / 60 % 60,
            time % 60);
}

}  // namespace mirage::dns
