// SPDX-License-Identifier: ISC
// Classes of bytes, RFC 9110 §5.6.2 (token) and RFC 3986 §2, and the search for control characters that all
// line scanning is made of.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace mirage::http {

enum character_class : std::uint8_t {
  token_character = 1,   // RFC 9110 §5.6.2 tchar
  target_character = 2,  // what a request target may contain
  host_character = 4,    // reg-name and IPv4 address, RFC 3986 §3.2.2
  digit_character = 8,
  etag_character = 16,  // RFC 9110 §8.8.3 etagc
};

namespace detail {

consteval std::array<std::uint8_t, 256> classify() {
  std::array<std::uint8_t, 256> classes{};
  auto add = [&](std::string_view characters, unsigned bit) {
    for (char c : characters) {
      auto& entry = classes[static_cast<unsigned char>(c)];
      entry = static_cast<std::uint8_t>(entry | bit);
    }
  };
  constexpr std::string_view digits = "0123456789";
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  add(digits, token_character | target_character | host_character | digit_character);
  add(letters, token_character | target_character | host_character);
  add("!#$%&'*+-.^_`|~", token_character);
  // RFC 3986 leaves out ^`|{} as well, but browsers send them in queries; they have no meaning here.
  add("-._~:/?[]@!$&'()*+,;=%^`|{}", target_character);
  add("-._~!$&'()*+,;=%", host_character);
  for (unsigned c = 0x21; c < 256; ++c)
    if (c != '"' && c != 0x7f) classes[c] = static_cast<std::uint8_t>(classes[c] | etag_character);
  return classes;
}

inline constexpr std::array<std::uint8_t, 256> character_classes = classify();

}  // namespace detail

[[nodiscard]] constexpr bool is(char c, unsigned classes) noexcept {
  return (detail::character_classes[static_cast<unsigned char>(c)] & classes) != 0;
}

[[nodiscard]] constexpr bool all(std::string_view text, unsigned classes) noexcept {
  for (char c : text)
    if (!is(c, classes)) return false;
  return true;
}

[[nodiscard]] constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

[[nodiscard]] constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

/// -1 where `c` is no hexadecimal digit.
[[nodiscard]] constexpr int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  const char l = lower(c);
  if (l >= 'a' && l <= 'f') return l - 'a' + 10;
  return -1;
}

/// Optional whitespace (OWS) removed at both ends.
[[nodiscard]] constexpr std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// The first control character other than HTAB (0x00-0x1f, 0x7f), or `end`. Eight bytes at a step: the
/// classic carry-free test of each byte of a word, in which the lowest hit is exact.
[[nodiscard]] inline const char* find_control(const char* at, const char* end) noexcept {
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t high = 0x8080808080808080;
  for (;;) {
    while (end - at >= 8) {
      std::uint64_t word;
      std::memcpy(&word, at, sizeof word);
      if constexpr (std::endian::native == std::endian::big) word = std::byteswap(word);
      const std::uint64_t below_space = (word - ones * 0x20) & ~word;
      const std::uint64_t del = word ^ (ones * 0x7f);
      const std::uint64_t hits = (below_space | ((del - ones) & ~del)) & high;
      if (hits != 0) {
        at += std::countr_zero(hits) / 8;
        break;
      }
      at += 8;
    }
    for (; at != end; ++at) {
      const auto c = static_cast<unsigned char>(*at);
      if ((c < 0x20 && c != '\t') || c == 0x7f) return at;
      if (c == '\t' && end - at > 8) {  // back to whole words behind the tab
        ++at;
        break;
      }
    }
    if (at == end) return end;
  }
}

}  // namespace mirage::http
