// SPDX-License-Identifier: ISC
// A small formatter: `format_to(out, "{} of {:>8} at {:#x}", a, b, c)`. No heap, no locale, no exceptions.
// The format string is checked when it is compiled; the arguments are erased to an array of tagged values, so
// a call site is a few stores and one call.
//
//   field   = "{" [":" spec] "}"                   "{{" and "}}" stand for the braces
//   spec    = [align] ["#"] ["0"] [width] ["." precision] [type]
//   align   = "<" | ">" | "^"                      default: numbers to the right, all else to the left
//   "#"                                            "0x" before hexadecimal digits
//   "0"                                            fill a number with zeros, behind its sign
//   width   = 1..99                                counted in bytes
//   precision = 0..9                               digits behind the point, of a double or a duration
//   type    = "x" | "X"                            an integer in hexadecimal digits
//
// What can be printed: bool, char, integers and std::byte, float and double, text (whatever converts to
// std::string_view), `void*`, durations (`1.5s`, `200us`, exact unless a precision is given), and every type
// T that has, in its own namespace, `void format(text_writer&, const T&)` or `describe(T)` giving words.
//
// A double without a precision has at most 9 decimals and 15 significant digits (float: 7), less the zeros at
// the end; it is rounded exactly, halves to the even digit. Below 1e-4 and from 1e15 it takes an exponent and
// 6 decimals, where the last digit may be one off if the exact value lies within 1e-6 of the middle between
// two. It is not the shortest text that reads back the same.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "mirage/core/fixed_string.hpp"
#include "mirage/core/text_writer.hpp"
#include "mirage/core/time.hpp"

namespace mirage {

/// RFC 3339, UTC, whole seconds rounded down: `2026-11-21T22:23:59Z`. Any year from 0000 to 9999 that the
/// type can hold.
void format(text_writer& out, const wall_time& time) noexcept;
/// Seconds since the arbitrary start of the monotonic clock, or `never`.
void format(text_writer& out, const instant& time) noexcept;

/// A type that prints itself. Pointers and arrays never do, though some class may be made of them implicitly.
template <class T>
concept formats_itself =
    (std::is_class_v<T> || std::is_enum_v<T>) && requires(text_writer& out, const T& value) {
      { format(out, value) } -> std::same_as<void>;
    };

/// A type that has words for its values, above all the error enums.
template <class T>
concept described = (std::is_class_v<T> || std::is_enum_v<T>) && requires(const T& value) {
  { describe(value) } -> std::convertible_to<std::string_view>;
};

namespace detail {

enum class format_kind : std::uint8_t {
  none,
  boolean,
  character,
  integer,
  real,
  text,
  pointer,
  duration,
  custom
};

template <class T>
consteval format_kind format_kind_of() noexcept {
  if constexpr (std::same_as<T, bool>)
    return format_kind::boolean;
  else if constexpr (std::same_as<T, char>)
    return format_kind::character;
  else if constexpr (std::same_as<T, std::byte>)
    return format_kind::integer;
  else if constexpr (std::same_as<T, wchar_t> || std::same_as<T, char8_t> || std::same_as<T, char16_t> ||
                     std::same_as<T, char32_t>)
    return format_kind::none;
  else if constexpr (std::integral<T> && sizeof(T) <= sizeof(std::uint64_t))
    return format_kind::integer;
  else if constexpr (std::same_as<T, float> || std::same_as<T, double>)
    return format_kind::real;
  else if constexpr (formats_itself<T>)
    return format_kind::custom;
  else if constexpr (described<T>)
    return format_kind::text;
  else if constexpr (std::convertible_to<const T&, std::string_view>)
    return format_kind::text;
  else if constexpr (std::same_as<T, void*> || std::same_as<T, const void*> || std::is_null_pointer_v<T>)
    return format_kind::pointer;
  else if constexpr (std::convertible_to<const T&, mirage::duration>)
    return format_kind::duration;
  else
    return format_kind::none;
}

struct format_spec {
  char align = 0;
  bool prefix = false;
  bool zeros = false;
  bool hexadecimal = false;
  bool upper_case = false;
  std::uint8_t width = 0;
  std::int8_t precision = -1;
};

void format_real(text_writer& out, double value, int significant, const format_spec& spec) noexcept;
void format_duration(text_writer& out, std::int64_t nanoseconds, const format_spec& spec) noexcept;

/// One argument, erased. It refers to the caller's values and lives no longer than the call.
struct format_argument {
  enum class tag : std::uint8_t {
    boolean,
    character,
    negative,
    positive,
    real,
    real32,
    text,
    pointer,
    duration,
    custom
  };
  struct custom_value {
    const void* object;
    void (*format)(text_writer&, const void*) noexcept;
  };
  // What prints it travels along, so that an image without such numbers has not got the code.
  struct real_value {
    double value;
    void (*format)(text_writer&, double value, int significant, const format_spec&) noexcept;
  };
  struct duration_value {
    std::int64_t nanoseconds;
    void (*format)(text_writer&, std::int64_t nanoseconds, const format_spec&) noexcept;
  };
  union {
    std::uint64_t integer;  // of a negative number its magnitude
    duration_value time;
    real_value real;
    std::string_view text;
    custom_value custom;
  };
  tag kind;

  constexpr format_argument(tag k, std::uint64_t v) noexcept : integer(v), kind(k) {}
  constexpr format_argument(tag k, double v) noexcept : real{v, format_real}, kind(k) {}
  constexpr explicit format_argument(mirage::duration v) noexcept
      : time{v.count(), format_duration}, kind(tag::duration) {}
  constexpr explicit format_argument(std::string_view v) noexcept : text(v), kind(tag::text) {}
  constexpr explicit format_argument(custom_value v) noexcept : custom(v), kind(tag::custom) {}
};

template <class T>
format_argument make_format_argument(const T& value) noexcept {
  using tag = format_argument::tag;
  constexpr format_kind kind = format_kind_of<T>();
  static_assert(kind != format_kind::none,
                "this type has no text: write void format(text_writer&, const T&) in its namespace");
  if constexpr (kind == format_kind::boolean)
    return {tag::boolean, std::uint64_t{value}};
  else if constexpr (kind == format_kind::character)
    return {tag::character, std::uint64_t{static_cast<unsigned char>(value)}};
  else if constexpr (std::same_as<T, std::byte>)
    return {tag::positive, std::to_integer<std::uint64_t>(value)};
  else if constexpr (kind == format_kind::integer) {
    if constexpr (std::signed_integral<T>)
      if (value < 0) return {tag::negative, std::uint64_t{0} - static_cast<std::uint64_t>(value)};
    return {tag::positive, static_cast<std::uint64_t>(value)};
  } else if constexpr (std::same_as<T, float>)
    return {tag::real32, static_cast<double>(value)};
  else if constexpr (kind == format_kind::real)
    return {tag::real, value};
  else if constexpr (described<T> && kind == format_kind::text)
    return format_argument(std::string_view(describe(value)));
  else if constexpr (kind == format_kind::text) {
    if constexpr (std::is_pointer_v<T>)
      if (value == nullptr) return format_argument(std::string_view("(null)"));
    return format_argument(static_cast<std::string_view>(value));
  } else if constexpr (kind == format_kind::pointer)
    return {tag::pointer, std::uint64_t{reinterpret_cast<std::uintptr_t>(static_cast<const void*>(value))}};
  else if constexpr (kind == format_kind::duration)
    return format_argument(mirage::duration(value));
  else
    return format_argument(format_argument::custom_value{
        &value,
        [](text_writer& out, const void* object) noexcept { format(out, *static_cast<const T*>(object)); }});
}

/// Reads a field from behind its "{" to behind its "}" and takes it off `text`; false if it is malformed.
constexpr bool take_format_field(std::string_view& text, format_spec& spec) noexcept {
  const auto next_is = [&](char wanted) { return !text.empty() && text.front() == wanted; };
  const auto take = [&](char wanted) {
    if (!next_is(wanted)) return false;
    text.remove_prefix(1);
    return true;
  };
  const auto digit = [&] { return !text.empty() && text.front() >= '0' && text.front() <= '9'; };
  const auto take_digit = [&] {
    const int value = text.front() - '0';
    text.remove_prefix(1);
    return value;
  };
  if (take(':')) {
    if (next_is('<') || next_is('>') || next_is('^')) {
      spec.align = text.front();
      text.remove_prefix(1);
    }
    spec.prefix = take('#');
    spec.zeros = take('0');
    int width = 0;
    for (int count = 0; count < 2 && digit(); ++count) width = width * 10 + take_digit();
    spec.width = static_cast<std::uint8_t>(width);
    if (take('.')) {
      if (!digit()) return false;
      spec.precision = static_cast<std::int8_t>(take_digit());
    }
    if (next_is('x') || next_is('X')) {
      spec.hexadecimal = true;
      spec.upper_case = text.front() == 'X';
      text.remove_prefix(1);
    }
  }
  return take('}');
}

enum class format_mistake : std::uint8_t {
  none,
  brace,
  too_few_arguments,
  too_many_arguments,
  specification
};

/// Whether a specification means something for such an argument.
constexpr bool format_spec_fits(const format_spec& spec, format_kind kind) noexcept {
  const bool number = kind == format_kind::integer || kind == format_kind::real;
  if (spec.hexadecimal && kind != format_kind::integer) return false;
  if (spec.prefix && !spec.hexadecimal) return false;
  if (spec.zeros && (!number || spec.align != 0 || spec.width == 0)) return false;
  if (spec.precision >= 0 && kind != format_kind::real && kind != format_kind::duration) return false;
  return spec.align == 0 || spec.width != 0;
}

constexpr format_mistake check_format(std::string_view text, std::span<const format_kind> kinds) noexcept {
  while (!text.empty()) {
    const char character = text.front();
    text.remove_prefix(1);
    if (character != '{' && character != '}') continue;
    if (!text.empty() && text.front() == character) {
      text.remove_prefix(1);
      continue;
    }
    format_spec spec;
    if (character == '}' || !take_format_field(text, spec)) return format_mistake::brace;
    if (kinds.empty()) return format_mistake::too_few_arguments;
    if (!format_spec_fits(spec, kinds.front())) return format_mistake::specification;
    kinds = kinds.subspan(1);
  }
  return kinds.empty() ? format_mistake::none : format_mistake::too_many_arguments;
}

// Not constexpr, so that reaching one while compiling is an error that shows its name.
void a_brace_or_field_of_the_format_string_is_malformed();
void the_format_string_has_more_fields_than_arguments();
void the_format_string_has_fewer_fields_than_arguments();
void a_field_of_the_format_string_does_not_fit_the_type_of_its_argument();

void vformat_to(text_writer& out, std::string_view text, std::span<const format_argument> arguments) noexcept;

}  // namespace detail

/// A format string that was checked against the types of its arguments.
template <class... Args>
class basic_format_string {
 public:
  template <std::convertible_to<std::string_view> Text>
  consteval basic_format_string(const Text& text) : text_(text) {
    constexpr std::array<detail::format_kind, sizeof...(Args)> kinds{
        detail::format_kind_of<std::remove_cvref_t<Args>>()...};
    switch (detail::check_format(text_, kinds)) {
      using enum detail::format_mistake;
      case none: break;
      case brace: detail::a_brace_or_field_of_the_format_string_is_malformed(); break;
      case too_few_arguments: detail::the_format_string_has_more_fields_than_arguments(); break;
      case too_many_arguments: detail::the_format_string_has_fewer_fields_than_arguments(); break;
      case specification: detail::a_field_of_the_format_string_does_not_fit_the_type_of_its_argument(); break;
    }
  }
  [[nodiscard]] constexpr std::string_view text() const noexcept { return text_; }

 private:
  std::string_view text_;
};

template <class... Args>
using format_string = basic_format_string<std::type_identity_t<Args>...>;

/// Appends the formatted text. A `format` of the user's that throws stops the program.
template <class... Args>
void format_to(text_writer& out, format_string<Args...> text, const Args&... args) noexcept {
  const std::array<detail::format_argument, sizeof...(Args)> arguments{detail::make_format_argument(args)...};
  detail::vformat_to(out, text.text(), arguments);
}

/// Writes into `space` and returns what fitted, which refers to `space`.
template <class... Args>
std::string_view format_to(std::span<char> space, format_string<Args...> text, const Args&... args) noexcept {
  text_writer out(space);
  format_to(out, text, args...);
  return out.text();
}

/// Returns the text as an object of its own: `format_text<32>("{}:{}", host, port)`.
template <std::size_t Capacity, class... Args>
[[nodiscard]] fixed_string<Capacity> format_text(format_string<Args...> text, const Args&... args) noexcept {
  fixed_string<Capacity> result;
  text_writer out(result.space());
  format_to(out, text, args...);
  result.set_size(out.text().size(), out.cut());
  return result;
}

}  // namespace mirage
