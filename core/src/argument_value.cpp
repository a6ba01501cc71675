// SPDX-License-Identifier: ISC
// The texts of numbers, flags and lengths of time.
#include "mirage/core/argument_value.hpp"

#include "mirage/core/format.hpp"

namespace mirage {

namespace {

// Reads the decimal digits in front of `text`; false if there are none or too many. (std::from_chars brings
// all bases along.)
bool take_digits(std::string_view& text, std::uint64_t& value, std::size_t& count) noexcept {
  value = 0;
  for (count = 0; count < text.size() && text[count] >= '0' && text[count] <= '9'; ++count) {
    const auto digit = static_cast<unsigned>(text[count] - '0');
    if (__builtin_mul_overflow(value, 10U, &value) || __builtin_add_overflow(value, digit, &value))
      return false;
  }
  text.remove_prefix(count);
  return count > 0;
}

}  // namespace

namespace detail {

bool parse_integer(std::string_view text, std::int64_t least, std::uint64_t greatest,
                   std::uint64_t& value) noexcept {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  std::uint64_t magnitude = 0;
  std::size_t count = 0;
  if (!take_digits(text, magnitude, count) || !text.empty()) return false;
  if (!negative) {
    value = magnitude;
    return magnitude <= greatest;
  }
  value = 0 - magnitude;
  return least < 0 && magnitude <= 0 - static_cast<std::uint64_t>(least);
}

void too_many_values(text_writer& why, std::size_t capacity) noexcept {
  format_to(why, "it takes at most {} values", capacity);
}

}  // namespace detail

bool parse_argument(std::string_view text, bool& value) noexcept {
  value = text == "true";
  return value || text == "false";
}

bool parse_argument(std::string_view text, std::string_view& value) noexcept {
  value = text;
  return true;
}

namespace {

struct unit {
  std::string_view name;
  std::uint64_t nanoseconds;
};
constexpr unit units[] = {
    {"ns", 1},
    {"us", 1'000},
    {"ms", 1'000'000},
    {"s", 1'000'000'000},
    {"min", 60'000'000'000},
    {"h", 3'600'000'000'000},
    {"d", 86'400'000'000'000},
};

}  // namespace

bool parse_argument(std::string_view text, duration& value) noexcept {
  std::uint64_t whole = 0;
  std::uint64_t fraction = 0;
  std::size_t digits = 0;
  if (!take_digits(text, whole, digits)) return false;
  digits = 0;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (!take_digits(text, fraction, digits) || digits > 15) return false;
  }
  for (const unit& u : units) {
    if (u.name != text) continue;
    constexpr auto greatest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (whole > greatest / u.nanoseconds) return false;
    std::uint64_t divisor = 1;
    for (; digits > 0; --digits) divisor *= 10;
    // The fraction of a unit, exactly. The factors of ten that both have go first: what is left is less than
    // 10^18, for 15 digits of any unit.
    std::uint64_t scale = u.nanoseconds;
    while (divisor > 1 && scale % 10 == 0) {
      divisor /= 10;
      scale /= 10;
    }
    if (fraction * scale % divisor != 0) return false;
    const std::uint64_t nanoseconds = whole * u.nanoseconds + fraction * scale / divisor;
    if (nanoseconds > greatest) return false;
    value = duration(static_cast<std::int64_t>(nanoseconds));
    return true;
  }
  return false;
}

bool parse_argument(std::string_view text, log_levels& value, text_writer& why) noexcept {
  const auto parsed = value.parse(text);
  if (!parsed) format(why, parsed.error());
  return parsed.has_value();
}

}  // namespace mirage
