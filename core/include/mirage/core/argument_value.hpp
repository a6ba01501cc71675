// SPDX-License-Identifier: ISC
// How the text of a boot argument becomes a value: one overload of `parse_argument` a type. A type of your
// own brings `bool parse_argument(std::string_view, T&)` in its namespace, or the same with a third parameter
// `text_writer& why` for a sentence about what is wrong; and if it likes `argument_description
// describe_argument(std::type_identity<T>)`. A `static std::optional<T> parse(std::string_view)` does as
// well.
//
// Views refer to the command line, which lives as long as the unikernel.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <type_traits>

#include "mirage/core/address.hpp"
#include "mirage/core/inline_vector.hpp"
#include "mirage/core/log_levels.hpp"
#include "mirage/core/text_writer.hpp"
#include "mirage/core/time.hpp"

namespace mirage {

/// What people are told about a type: `--port=PLACEHOLDER`, "--port must be EXPECTED, not ...".
struct argument_description {
  std::string_view placeholder;
  std::string_view expected;
};

namespace detail {
bool parse_integer(std::string_view text, std::int64_t least, std::uint64_t greatest,
                   std::uint64_t& value) noexcept;
}

/// `true` or `false`.
bool parse_argument(std::string_view text, bool& value) noexcept;
/// Any text, also none.
bool parse_argument(std::string_view text, std::string_view& value) noexcept;
/// A decimal number, perhaps with a point, and a unit: ns, us, ms, s, min, h or d. What is finer than a
/// nanosecond or longer than 292 years is refused.
bool parse_argument(std::string_view text, duration& value) noexcept;
/// As `log_levels::parse`, on top of the value that is there.
bool parse_argument(std::string_view text, log_levels& value, text_writer& why) noexcept;

/// Decimal digits, with a minus in front where T is signed; the value must fit.
template <std::integral T>
  requires(!std::same_as<T, char>)
bool parse_argument(std::string_view text, T& value) noexcept {
  std::uint64_t wide = 0;
  if (!detail::parse_integer(text, std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), wide))
    return false;
  value = static_cast<T>(wide);
  return true;
}

/// All kinds of addresses, and whatever parses itself.
template <class T>
  requires requires(std::string_view text) {
    { T::parse(text) } -> std::same_as<std::optional<T>>;
  }
bool parse_argument(std::string_view text, T& value) noexcept {
  const std::optional<T> parsed = T::parse(text);
  if (parsed) value = *parsed;
  return parsed.has_value();
}

namespace detail {

template <class T>
concept parses = requires(std::string_view text, T& value) {
  { parse_argument(text, value) } -> std::same_as<bool>;
};
template <class T>
concept parses_with_reason = requires(std::string_view text, T& value, text_writer& why) {
  { parse_argument(text, value, why) } -> std::same_as<bool>;
};

template <class T>
  requires parses<T> || parses_with_reason<T>
bool parse_value(std::string_view text, T& value, text_writer& why) noexcept {
  if constexpr (parses_with_reason<T>) {
    return parse_argument(text, value, why);
  } else {
    return parse_argument(text, value);
  }
}

/// An argument that may be left out.
template <class T>
bool parse_value(std::string_view text, std::optional<T>& value, text_writer& why) noexcept {
  T parsed{};
  if (!parse_value(text, parsed, why)) return false;
  value = std::move(parsed);
  return true;
}

void too_many_values(text_writer& why, std::size_t capacity) noexcept;

/// Values with commas between.
template <class T, std::size_t Capacity>
bool parse_value(std::string_view text, inline_vector<T, Capacity>& values, text_writer& why) noexcept {
  values.clear();
  for (;;) {
    if (values.full()) {
      too_many_values(why, Capacity);
      return false;
    }
    const std::size_t comma = text.find(',');
    T parsed{};
    if (!parse_value(text.substr(0, comma), parsed, why)) return false;
    values.push_back(std::move(parsed));
    if (comma == std::string_view::npos) return true;
    text.remove_prefix(comma + 1);
  }
}

consteval argument_description describe_integer(bool is_signed, std::size_t size) {
  constexpr std::string_view expected[2][4] = {
      {"a number from 0 to 255", "a number from 0 to 65535", "a number from 0 to 4294967295",
       "a number from 0 to 18446744073709551615"},
      {"a number from -128 to 127", "a number from -32768 to 32767",
       "a number from -2147483648 to 2147483647",
       "a number from -9223372036854775808 to 9223372036854775807"},
  };
  return {"N", expected[is_signed ? 1 : 0][size == 1 ? 0 : size == 2 ? 1 : size == 4 ? 2 : 3]};
}

template <class T>
struct argument_words {
  static consteval argument_description get() {
    if constexpr (requires { describe_argument(std::type_identity<T>()); })
      return describe_argument(std::type_identity<T>());
    else if constexpr (std::same_as<T, bool>)
      return {"BOOL", "true or false"};
    else if constexpr (std::integral<T>)
      return describe_integer(std::signed_integral<T>, sizeof(T));
    else if constexpr (std::same_as<T, std::string_view>)
      return {"TEXT", "a text"};
    else if constexpr (std::same_as<T, duration>)
      return {"TIME", "a length of time such as 200ms, 1.5s or 10min"};
    else if constexpr (std::same_as<T, log_levels>)
      return {"LEVELS", "levels such as *:info,tcp:debug"};
    else if constexpr (std::same_as<T, mac_address>)
      return {"MAC", "an Ethernet address such as 02:00:00:00:00:01"};
    else if constexpr (std::same_as<T, ipv4_address>)
      return {"ADDRESS", "an IPv4 address such as 10.0.0.2"};
    else if constexpr (std::same_as<T, ipv6_address>)
      return {"ADDRESS", "an IPv6 address such as fd00::2"};
    else if constexpr (std::same_as<T, ip_address>)
      return {"ADDRESS", "an address such as 10.0.0.2 or fd00::2"};
    else if constexpr (std::same_as<T, ipv4_prefix>)
      return {"ADDRESS/LENGTH", "an IPv4 address with the length of its prefix such as 10.0.0.2/24"};
    else if constexpr (std::same_as<T, ipv6_prefix>)
      return {"ADDRESS/LENGTH", "an IPv6 address with the length of its prefix such as fd00::2/64"};
    else if constexpr (std::same_as<T, ip_prefix>)
      return {"ADDRESS/LENGTH", "an address with the length of its prefix such as 10.0.0.2/24 or fd00::2/64"};
    else if constexpr (std::same_as<T, endpoint>)
      return {"ADDRESS:PORT", "an address with a port such as 10.0.0.2:80 or [fd00::2]:80"};
    else
      return {"VALUE", ""};
  }
};
template <class T>
struct argument_words<std::optional<T>> : argument_words<T> {};
template <class T, std::size_t Capacity>
struct argument_words<inline_vector<T, Capacity>> : argument_words<T> {};

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_list = false;
template <class T, std::size_t Capacity>
inline constexpr bool is_list<inline_vector<T, Capacity>> = true;

}  // namespace detail

/// What `argument<T>` can hold. A `std::optional` or an `inline_vector` of it is as good.
template <class T>
concept argument_value =
    std::default_initializable<T> && requires(std::string_view text, T& value, text_writer& why) {
      { detail::parse_value(text, value, why) } -> std::same_as<bool>;
    };

}  // namespace mirage
