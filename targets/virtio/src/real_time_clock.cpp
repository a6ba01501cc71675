// SPDX-License-Identifier: ISC
#include "real_time_clock.hpp"

#include <cstdint>

#include "mirage/core/machine.hpp"

namespace mirage {

namespace {

enum place : std::uint8_t {
  seconds = 0,
  minutes = 2,
  hours = 4,
  day = 7,
  month = 8,
  year = 9,
  a = 10,
  b = 11
};

unsigned read(place where) noexcept {
  machine::out8(0x70, where);
  return machine::in8(0x71);
}

struct fields {
  unsigned seconds, minutes, hours, day, month, year;
  friend bool operator==(const fields&, const fields&) noexcept = default;
};

fields read_fields() noexcept {
  return {read(seconds), read(minutes), read(hours), read(day), read(month), read(year)};
}

unsigned from_decimal(unsigned digits) noexcept { return digits / 16 * 10 + digits % 16; }

// Days since 1970-01-01 of a day in the Gregorian calendar, from 2000 to 2099.
unsigned days(unsigned of_year, unsigned of_month, unsigned of_day) noexcept {
  // The year begins with March, so the leap day is its last.
  const unsigned years = of_month > 2 ? of_year : of_year - 1;
  const unsigned months = (of_month + 9) % 12;
  constexpr unsigned march_2000 = 11'017;
  return march_2000 + 365 * (years - 2000) + (years - 2000) / 4 + (153 * months + 2) / 5 + of_day - 1;
}

}  // namespace

wall_time read_real_time_clock() noexcept {
  constexpr unsigned being_updated = 0x80;
  constexpr unsigned is_binary = 0x04;
  constexpr unsigned afternoon = 0x80;
  constexpr unsigned has_24_hours = 0x02;
  const unsigned format = read(b);
  if (format == 0xff) return {};  // nothing answers
  // It counts on while it is read: two readings must agree.
  fields now = read_fields();
  for (unsigned attempts = 0; attempts < 1000; ++attempts) {
    const bool whole = (read(a) & being_updated) == 0;
    const fields again = read_fields();
    if (whole && again == now) break;
    now = again;
  }
  const bool late = (format & has_24_hours) == 0 && (now.hours & afternoon) != 0;
  now.hours &= ~afternoon;
  if ((format & is_binary) == 0) {
    for (unsigned* field : {&now.seconds, &now.minutes, &now.hours, &now.day, &now.month, &now.year})
      *field = from_decimal(*field);
  }
  if ((format & has_24_hours) == 0) now.hours = now.hours % 12 + (late ? 12 : 0);
  const std::int64_t since_1970 = std::int64_t{days(2000 + now.year, now.month, now.day)} * 86'400 +
                                  now.hours * 3600 + now.minutes * 60 + now.seconds;
  return wall_time{std::chrono::seconds{since_1970}};
}

}  // namespace mirage
