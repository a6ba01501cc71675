// SPDX-License-Identifier: ISC
// The one function behind every format string, and the texts of numbers, durations and times.
#include "mirage/core/format.hpp"

#include <algorithm>
#include <bit>
#include <charconv>

namespace mirage {

namespace detail {
namespace {

// The longest: a sign, 20 digits, a point, 9 decimals, an exponent or a unit.
using number_text = fixed_string<40>;

// Appends to a number_text, whose capacity the callers have counted.
class number_writer {
 public:
  explicit number_writer(number_text& text) noexcept : text_(text), out_(text.space()) {}
  ~number_writer() { text_.set_size(out_.text().size()); }
  number_writer(const number_writer&) = delete;
  number_writer& operator=(const number_writer&) = delete;

  void append(std::string_view text) noexcept { out_.append(text); }
  void append_integer(std::uint64_t value, int base = 10) noexcept {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, value, base).ptr;
    out_.append(std::string_view(digits, static_cast<std::size_t>(end - digits)));
  }
  // `value` as digits behind the point; without the zeros at the end if `trim`.
  void append_decimals(std::uint64_t value, int count, bool trim) noexcept {
    char digits[1 + 9];
    digits[0] = '.';
    for (int at = count; at > 0; --at, value /= 10) digits[at] = static_cast<char>('0' + value % 10);
    if (trim)
      while (count > 0 && digits[count] == '0') --count;
    if (count > 0) out_.append(std::string_view(digits, static_cast<std::size_t>(count) + 1));
  }

 private:
  number_text& text_;
  text_writer out_;
};

constexpr std::uint64_t powers_of_ten[] = {1,       10,        100,        1'000,       10'000,
                                           100'000, 1'000'000, 10'000'000, 100'000'000, 1'000'000'000};

// A value split at the point, rounded to `decimals` digits behind it; halves go to the even digit.
struct decimal {
  std::uint64_t whole;
  std::uint64_t fraction;
};

// Takes off the part before the point; exact. |value| < 2^63.
std::int64_t take_whole(double& value) noexcept {
  const auto whole = static_cast<std::int64_t>(value);
  value -= static_cast<double>(whole);
  return whole;
}

// Whether `rest + lost`, of which the second is tiny, rounds away from zero.
bool rounds_up(double rest, double lost, bool odd) noexcept {
  return rest > 0.5 || (rest == 0.5 && (lost > 0 || (lost == 0 && odd)));
}

// 0 <= value < 2^63, 0 <= decimals <= 9. Exact: 10^9 has 21 significant bits beside its twos, so that each
// half of the 53 bits of the fraction times the scale is again a double (the halving is Veltkamp's), and the
// error of the last sum is known (Knuth's). One operation a statement, so that no compiler fuses two.
decimal split(double value, int decimals) noexcept {
  decimal parts{static_cast<std::uint64_t>(value), 0};
  const std::uint64_t scale = powers_of_ten[decimals];
  const double fraction = value - static_cast<double>(parts.whole);
  const double spread = fraction * 0x8000001p0;
  const double above = spread - fraction;
  const double high = spread - above;
  const double low = fraction - high;
  double rest_high = high * static_cast<double>(scale);
  double rest_low = low * static_cast<double>(scale);
  std::int64_t digits = take_whole(rest_high) + take_whole(rest_low);
  double rest = rest_high + rest_low;
  const double part = rest - rest_high;
  const double without = rest - part;
  const double lost_low = rest_low - part;
  const double lost_high = rest_high - without;
  const double lost = lost_high + lost_low;
  digits += take_whole(rest);
  const bool odd = (decimals == 0 ? parts.whole : static_cast<std::uint64_t>(digits)) % 2 != 0;
  if (rounds_up(rest, lost, odd)) ++digits;
  if (rounds_up(-rest, -lost, odd)) --digits;
  parts.fraction = static_cast<std::uint64_t>(digits);
  if (parts.fraction >= scale) {
    ++parts.whole;
    parts.fraction -= scale;
  }
  return parts;
}

// 10^exponent for 0 <= exponent <= 308, by squaring.
double power_of_ten(int exponent) noexcept {
  double result = 1;
  double square = 10;
  for (; exponent > 0; exponent /= 2, square *= square)
    if (exponent % 2 != 0) result *= square;
  return result;
}

// value / 10^exponent, for every finite value and the exponent of its first digit or a neighbour of it.
double scale_down(double value, int exponent) noexcept {
  if (exponent >= 0) return value / power_of_ten(exponent);
  if (exponent < -300) return value * power_of_ten(300) * power_of_ten(-exponent - 300);
  return value * power_of_ten(-exponent);
}

// d.dddde+xx; value > 0 and finite.
void write_exponential(number_writer& out, double value, int decimals, bool trim) noexcept {
  // The binary exponent times log10(2) is at most one off; subnormal numbers are made normal first.
  const bool tiny = value < 0x1p-1022;
  const double normal = tiny ? value * 0x1p64 : value;
  const int binary = static_cast<int>(std::bit_cast<std::uint64_t>(normal) >> 52) - 1023 - (tiny ? 64 : 0);
  int exponent = binary * 30103 / 100000;
  double leading = scale_down(value, exponent);
  for (; leading >= 10; ++exponent) leading = leading / 10;
  for (; leading < 1; --exponent) leading = leading * 10;
  decimal parts = split(leading, decimals);
  if (parts.whole >= 10) {
    parts = {1, 0};
    ++exponent;
  }
  out.append_integer(parts.whole);
  out.append_decimals(parts.fraction, decimals, trim);
  out.append(exponent < 0 ? "e-" : "e+");
  const auto magnitude = static_cast<std::uint64_t>(exponent < 0 ? -exponent : exponent);
  if (magnitude < 10) out.append("0");
  out.append_integer(magnitude);
}

void write_real(number_writer& out, double value, int precision, int significant) noexcept {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const bool special = (bits >> 52 & 0x7ff) == 0x7ff;
  if (special && (bits << 12) != 0) return out.append("nan");
  if (bits >> 63 != 0) out.append("-");
  if (special) return out.append("inf");
  const double magnitude = value < 0 ? -value : value;
  const bool chosen = precision >= 0;
  if (magnitude >= 1e15 || (!chosen && magnitude > 0 && magnitude < 1e-4))
    return write_exponential(out, magnitude, chosen ? precision : 6, !chosen);
  int decimals = precision;
  if (!chosen) {
    decimals = significant;
    for (double rest = magnitude; rest >= 1 && decimals > 0; rest /= 10) --decimals;
    decimals = std::min(decimals, 9);
  }
  const decimal parts = split(magnitude, decimals);
  out.append_integer(parts.whole);
  out.append_decimals(parts.fraction, decimals, !chosen);
}

// The greatest unit of which there is at least one: 1.5s, 200us, 0s.
void write_duration(number_writer& out, std::int64_t nanoseconds, int precision) noexcept {
  if (nanoseconds < 0) out.append("-");
  const auto value = static_cast<std::uint64_t>(nanoseconds);
  const std::uint64_t magnitude = nanoseconds < 0 ? 0 - value : value;
  struct unit {
    std::string_view name;
    int decimals;  // its nanoseconds are ten to this power
  };
  constexpr unit units[] = {{"s", 9}, {"ms", 6}, {"us", 3}, {"ns", 0}};
  const unit& chosen = magnitude == 0 ? units[0] : *std::ranges::find_if(units, [&](const unit& u) {
    return magnitude >= powers_of_ten[u.decimals];
  });
  const std::uint64_t size = powers_of_ten[chosen.decimals];
  std::uint64_t whole = magnitude / size;
  std::uint64_t fraction = magnitude % size;
  const int decimals = precision < 0 ? chosen.decimals : std::min(precision, chosen.decimals);
  // Digits beyond the precision are rounded, halves up.
  const std::uint64_t dropped = powers_of_ten[chosen.decimals - decimals];
  fraction = (fraction + dropped / 2) / dropped;
  if (fraction >= powers_of_ten[decimals]) {
    ++whole;
    fraction -= powers_of_ten[decimals];
  }
  out.append_integer(whole);
  out.append_decimals(fraction, decimals, precision < 0);
  out.append(chosen.name);
}

void write_hexadecimal(number_text& text, std::uint64_t value, const format_spec& spec) noexcept {
  {
    number_writer out(text);
    out.append_integer(value, 16);
  }
  if (!spec.upper_case) return;
  for (char& digit : text.space().first(text.size()))
    if (digit >= 'a') digit = static_cast<char>(digit - 'a' + 'A');
}

void write_padded(text_writer& out, std::string_view text, const format_spec& spec, char align) noexcept {
  const std::size_t padding = spec.width > text.size() ? spec.width - text.size() : 0;
  const std::size_t before = align == '>' ? padding : align == '^' ? padding / 2 : 0;
  out.append(before, ' ');
  out.append(text);
  out.append(padding - before, ' ');
}

void write_number(text_writer& out, std::string_view sign, std::string_view digits,
                  const format_spec& spec) noexcept {
  const std::size_t length = sign.size() + digits.size();
  const std::size_t padding = spec.width > length ? spec.width - length : 0;
  const std::size_t before = spec.align == '<' ? 0 : spec.align == '^' ? padding / 2 : padding;
  if (!spec.zeros) out.append(before, ' ');
  out.append(sign);
  if (spec.zeros) out.append(before, '0');
  out.append(digits);
  if (!spec.zeros) out.append(padding - before, ' ');
}

void write_integer(text_writer& out, std::uint64_t magnitude, bool negative,
                   const format_spec& spec) noexcept {
  number_text digits;
  if (spec.hexadecimal) {
    write_hexadecimal(digits, magnitude, spec);
  } else {
    number_writer(digits).append_integer(magnitude);
  }
  const std::string_view prefix = spec.prefix ? "-0x" : "-";
  write_number(out, negative ? prefix : prefix.substr(1), digits, spec);
}

// A number whose text was made whole, perhaps with a sign in front.
void write_signed_text(text_writer& out, std::string_view text, const format_spec& spec) noexcept {
  const std::size_t sign = text.starts_with('-') ? 1 : 0;
  write_number(out, text.substr(0, sign), text.substr(sign), spec);
}

// The user's function knows no width, so its text is measured first where one is wanted.
void write_custom(text_writer& out, const format_argument::custom_value& value,
                  const format_spec& spec) noexcept {
  if (spec.width == 0) return value.format(out, value.object);
  text_writer measure{std::span<char>()};
  value.format(measure, value.object);
  const std::size_t padding = spec.width > measure.total() ? spec.width - measure.total() : 0;
  const std::size_t before = spec.align == '>' ? padding : spec.align == '^' ? padding / 2 : 0;
  out.append(before, ' ');
  value.format(out, value.object);
  out.append(padding - before, ' ');
}

void write_argument(text_writer& out, const format_argument& argument, const format_spec& spec) noexcept {
  using tag = format_argument::tag;
  const char align = spec.align == 0 ? '<' : spec.align;
  switch (argument.kind) {
    case tag::boolean: return write_padded(out, argument.integer != 0 ? "true" : "false", spec, align);
    case tag::character: {
      const auto character = static_cast<char>(argument.integer);
      return write_padded(out, std::string_view(&character, 1), spec, align);
    }
    case tag::negative: return write_integer(out, argument.integer, true, spec);
    case tag::positive: return write_integer(out, argument.integer, false, spec);
    case tag::real: return argument.real.format(out, argument.real.value, 15, spec);
    case tag::real32: return argument.real.format(out, argument.real.value, 7, spec);
    case tag::duration: return argument.time.format(out, argument.time.nanoseconds, spec);
    case tag::text: return write_padded(out, argument.text, spec, align);
    case tag::pointer: {
      format_spec pointer = spec;
      pointer.prefix = pointer.hexadecimal = true;
      return write_integer(out, argument.integer, false, pointer);
    }
    case tag::custom: return write_custom(out, argument.custom, spec);
  }
}

}  // namespace

void format_real(text_writer& out, double value, int significant, const format_spec& spec) noexcept {
  number_text text;
  {
    number_writer number(text);
    write_real(number, value, spec.precision, significant);
  }
  write_signed_text(out, text, spec);
}

void format_duration(text_writer& out, std::int64_t nanoseconds, const format_spec& spec) noexcept {
  number_text text;
  {
    number_writer number(text);
    write_duration(number, nanoseconds, spec.precision);
  }
  write_signed_text(out, text, spec);
}

void vformat_to(text_writer& out, std::string_view text,
                std::span<const format_argument> arguments) noexcept {
  while (!text.empty()) {
    const std::size_t plain = std::min(text.find_first_of("{}"), text.size());
    out.append(text.substr(0, plain));
    if (plain == text.size()) return;
    const char brace = text[plain];
    text.remove_prefix(plain + 1);
    if (!text.empty() && text.front() == brace) {
      out.append(brace);
      text.remove_prefix(1);
      continue;
    }
    format_spec spec;
    // basic_format_string has refused what would fail here.
    if (brace == '}' || !take_format_field(text, spec) || arguments.empty()) return;
    write_argument(out, arguments.front(), spec);
    arguments = arguments.subspan(1);
  }
}

}  // namespace detail

namespace {

struct civil_date {
  std::int64_t year;
  unsigned month;
  unsigned day;
};

// Days since 1970-01-01 to the proleptic Gregorian calendar: years begin in March, so that the leap day is
// the last of its year, and 400 years are always 146097 days.
civil_date date_of(std::int64_t days) noexcept {
  days += 719468;  // from 0000-03-01
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const auto day_of_era = static_cast<unsigned>(days - era * 146097);
  const unsigned year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned march_month = (5 * day_of_year + 2) / 153;
  const unsigned month = march_month < 10 ? march_month + 3 : march_month - 9;
  return {era * 400 + year_of_era + (month <= 2 ? 1 : 0), month,
          day_of_year - (153 * march_month + 2) / 5 + 1};
}

}  // namespace

void format(text_writer& out, const wall_time& time) noexcept {
  const std::int64_t nanoseconds = time.time_since_epoch().count();
  std::int64_t seconds = nanoseconds / 1'000'000'000;
  if (nanoseconds % 1'000'000'000 < 0) --seconds;
  std::int64_t days = seconds / 86400;
  std::int64_t second_of_day = seconds % 86400;
  if (second_of_day < 0) {
    second_of_day += 86400;
    --days;
  }
  const civil_date date = date_of(days);
  format_to(out, "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", date.year, date.month, date.day,
            second_of_day / 3600, second_of_day / 60 % 60, second_of_day % 60);
}

void format(text_writer& out, const instant& time) noexcept {
  if (time == never) return out.append("never");
  format_to(out, "{}", time.time_since_epoch());
}

}  // namespace mirage
