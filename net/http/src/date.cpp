// SPDX-License-Identifier: ISC
// Dates, RFC 9110 §5.6.7. The calendar is the proleptic Gregorian one, counted in eras of 400 years that
// begin with March, so that the leap day is the last day of its year.
#include "mirage/http/date.hpp"

#include <algorithm>

#include "characters.hpp"

namespace mirage::http {

namespace {

constexpr std::array<std::string_view, 7> day_names{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                    "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::int64_t day_seconds = 86400;

struct civil_date {
  std::int64_t year;
  std::int64_t month;  // 1-12
  std::int64_t day;    // 1-31
};

constexpr std::int64_t days_from_civil(civil_date date) noexcept {
  const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t month_from_march = (date.month + 9) % 12;
  const std::int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

constexpr civil_date civil_from_days(std::int64_t days) noexcept {
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const std::int64_t day_of_era = days - era * 146097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const std::int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month,
          day_of_year - (153 * month_from_march + 2) / 5 + 1};
}

static_assert(days_from_civil({1970, 1, 1}) == 0);
static_assert(civil_from_days(days_from_civil({2000, 2, 29})).day == 29);

constexpr bool is_leap(std::int64_t year) noexcept {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

constexpr std::int64_t days_in(std::int64_t year, std::int64_t month) noexcept {
  constexpr std::array<std::uint8_t, 12> lengths{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : lengths[static_cast<std::size_t>(month - 1)];
}

/// Reads one part of a date after the other; once something does not fit, everything else is ignored.
class date_reader {
 public:
  explicit date_reader(std::string_view text) noexcept : rest_(text) {}

  void skip(std::string_view expected) noexcept {
    if (rest_.starts_with(expected))
      rest_.remove_prefix(expected.size());
    else
      ok_ = false;
  }
  std::int64_t number(std::size_t digits) noexcept {
    if (rest_.size() < digits || !all(rest_.substr(0, digits), digit_character)) {
      ok_ = false;
      return 0;
    }
    std::int64_t value = 0;
    for (char c : rest_.substr(0, digits)) value = value * 10 + (c - '0');
    rest_.remove_prefix(digits);
    return value;
  }
  /// The day of asctime: two digits, or a space and one.
  std::int64_t padded_number() noexcept {
    if (!rest_.starts_with(' ')) return number(2);
    rest_.remove_prefix(1);
    return number(1);
  }
  std::int64_t month() noexcept {
    const auto found = std::find(month_names.begin(), month_names.end(), rest_.substr(0, 3));
    if (found == month_names.end()) {
      ok_ = false;
      return 1;
    }
    rest_.remove_prefix(3);
    return found - month_names.begin() + 1;
  }
  std::int64_t time_of_day() noexcept {
    const std::int64_t hour = number(2);
    skip(":");
    const std::int64_t minute = number(2);
    skip(":");
    const std::int64_t second = number(2);
    if (hour > 23 || minute > 59 || second > 60) ok_ = false;  // 60 is a leap second
    return hour * 3600 + minute * 60 + second;
  }
  [[nodiscard]] std::optional<seconds_time> finish(civil_date date, std::int64_t time) const noexcept {
    if (!ok_ || !rest_.empty() || date.day < 1 || date.day > days_in(date.year, date.month))
      return std::nullopt;
    return seconds_time{seconds_time::duration{days_from_civil(date) * day_seconds + time}};
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

/// RFC 9110 §5.6.7: more than 50 years ahead means the last century.
std::int64_t full_year(std::int64_t two_digits, seconds_time now) noexcept {
  const std::int64_t days = now.time_since_epoch().count() / day_seconds;
  const std::int64_t this_year = civil_from_days(days).year;
  const std::int64_t year = this_year - this_year % 100 + two_digits;
  return year > this_year + 50 ? year - 100 : year;
}

void put_number(char* to, std::int64_t value, std::size_t digits) noexcept {
  for (std::size_t i = digits; i-- != 0; value /= 10) to[i] = static_cast<char>('0' + value % 10);
}

}  // namespace

std::optional<seconds_time> parse_date(std::string_view text, seconds_time now) noexcept {
  const auto day = std::find_if(day_names.begin(), day_names.end(),
                                [&](std::string_view name) { return text.starts_with(name.substr(0, 3)); });
  if (day == day_names.end()) return std::nullopt;
  civil_date date{};
  if (text.substr(3, 2) == ", ") {  // Sun, 06 Nov 1994 08:49:37 GMT
    date_reader reader{text.substr(5)};
    date.day = reader.number(2);
    reader.skip(" ");
    date.month = reader.month();
    reader.skip(" ");
    date.year = reader.number(4);
    reader.skip(" ");
    const std::int64_t time = reader.time_of_day();
    reader.skip(" GMT");
    return reader.finish(date, time);
  }
  if (text.substr(3, 1) == " ") {  // Sun Nov  6 08:49:37 1994
    date_reader reader{text.substr(4)};
    date.month = reader.month();
    reader.skip(" ");
    date.day = reader.padded_number();
    reader.skip(" ");
    const std::int64_t time = reader.time_of_day();
    reader.skip(" ");
    date.year = reader.number(4);
    return reader.finish(date, time);
  }
  date_reader reader{text};  // Sunday, 06-Nov-94 08:49:37 GMT
  reader.skip(*day);
  reader.skip(", ");
  date.day = reader.number(2);
  reader.skip("-");
  date.month = reader.month();
  reader.skip("-");
  date.year = full_year(reader.number(2), now);
  reader.skip(" ");
  const std::int64_t time = reader.time_of_day();
  reader.skip(" GMT");
  return reader.finish(date, time);
}

date_text print_date(seconds_time when) noexcept {
  constexpr std::int64_t earliest = days_from_civil({0, 1, 1}) * day_seconds;
  constexpr std::int64_t latest = days_from_civil({10000, 1, 1}) * day_seconds - 1;
  const std::int64_t seconds = std::clamp(when.time_since_epoch().count(), earliest, latest);
  const std::int64_t days = (seconds >= 0 ? seconds : seconds - (day_seconds - 1)) / day_seconds;
  const std::int64_t time = seconds - days * day_seconds;
  const civil_date date = civil_from_days(days);
  const std::int64_t week_day = (days % 7 + 11) % 7;  // 1970-01-01 was a Thursday
  date_text text{};
  constexpr std::string_view pattern = "Sun, 06 Nov 1994 08:49:37 GMT";
  static_assert(pattern.size() == date_length);
  std::copy(pattern.begin(), pattern.end(), text.begin());
  const std::string_view name = day_names[static_cast<std::size_t>(week_day)];
  std::copy_n(name.begin(), 3, text.begin());
  put_number(&text[5], date.day, 2);
  const std::string_view month = month_names[static_cast<std::size_t>(date.month - 1)];
  std::copy_n(month.begin(), 3, text.begin() + 8);
  put_number(&text[12], date.year, 4);
  put_number(&text[17], time / 3600, 2);
  put_number(&text[20], time / 60 % 60, 2);
  put_number(&text[23], time % 60, 2);
  return text;
}

void date_cache::renew(seconds_time second) noexcept {
  second_ = second;
  text_ = print_date(second);
}

}  // namespace mirage::http
