// SPDX-License-Identifier: ISC
// What the readers of addresses share.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace mirage::detail {

/// The value of a hexadecimal digit, or -1.
constexpr int hexadecimal_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Decimal digits and nothing else, without leading zeros, at most `greatest` (which is below 10^8).
constexpr std::optional<std::uint32_t> parse_decimal(std::string_view text, std::uint32_t greatest) noexcept {
  if (text.empty() || text.size() > 8 || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  std::uint32_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint32_t>(c - '0');
  }
  if (value > greatest) return std::nullopt;
  return value;
}

// Not constexpr, so that reaching it while compiling is an error that shows its name.
void this_text_is_not_an_address_of_that_kind();

/// For constructors from literals.
template <class T>
consteval T parse_literal(const char* text) {
  const std::optional<T> value = T::parse(text);
  if (!value) this_text_is_not_an_address_of_that_kind();
  return *value;
}

}  // namespace mirage::detail
