// SPDX-License-Identifier: ISC
// Recognising field names: by length first, which leaves six candidates at most, then eight letters at a
// step. The tables are made by the compiler from the one list of names.
#include "mirage/http/field.hpp"

#include <array>
#include <cstring>

#include "characters.hpp"

namespace mirage::http {

namespace {

constexpr std::array<std::string_view, field_count> names{
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Accept-Ranges",
    "Allow",
    "Authorization",
    "Cache-Control",
    "Connection",
    "Content-Encoding",
    "Content-Length",
    "Content-Range",
    "Content-Type",
    "Cookie",
    "Date",
    "ETag",
    "Expect",
    "Forwarded",
    "Host",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Last-Modified",
    "Location",
    "Origin",
    "Range",
    "Referer",
    "Retry-After",
    "Server",
    "Set-Cookie",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
    "User-Agent",
    "Vary",
    "Via",
    "WWW-Authenticate",
    "X-Forwarded-For",
};

constexpr std::size_t longest = 19;

struct index_of_names {
  std::array<field, field_count> by_length{};             // sorted by the length of the name
  std::array<std::uint8_t, longest + 2> begin{};          // where each length begins in it
  std::array<std::array<char, 24>, field_count> lower{};  // the names in lower case, by field
};

consteval index_of_names make_index() {
  index_of_names index{};
  std::size_t filled = 0;
  for (std::size_t length = 0; length <= longest; ++length) {
    index.begin[length] = static_cast<std::uint8_t>(filled);
    for (std::size_t i = 0; i < names.size(); ++i)
      if (names[i].size() == length) index.by_length[filled++] = static_cast<field>(i);
  }
  index.begin[longest + 1] = static_cast<std::uint8_t>(filled);
  for (std::size_t i = 0; i < names.size(); ++i)
    for (std::size_t k = 0; k < names[i].size(); ++k) index.lower[i][k] = lower(names[i][k]);
  return index;
}

constexpr index_of_names names_index = make_index();
static_assert(names_index.begin[longest + 1] == field_count, "`longest` is the length of the longest name");

/// Setting bit 5 makes a letter small, and leaves '-' and digits as they are; no other token character
/// becomes one of these by it.
bool same_letters(const char* token, const char* small, std::size_t length) noexcept {
  constexpr std::uint64_t bit5 = 0x2020202020202020;
  auto same_word = [&](std::size_t offset) {
    std::uint64_t a;
    std::uint64_t b;
    std::memcpy(&a, token + offset, sizeof a);
    std::memcpy(&b, small + offset, sizeof b);
    return (a | bit5) == b;
  };
  if (length >= 8) {
    for (std::size_t at = 0; at + 8 < length; at += 8)
      if (!same_word(at)) return false;
    return same_word(length - 8);
  }
  for (std::size_t i = 0; i < length; ++i)
    if ((token[i] | 0x20) != small[i]) return false;
  return true;
}

}  // namespace

field identify(std::string_view name) noexcept {
  if (name.size() > longest) return field::other;
  for (std::size_t i = names_index.begin[name.size()]; i != names_index.begin[name.size() + 1]; ++i) {
    const field candidate = names_index.by_length[i];
    const char* small = names_index.lower[static_cast<std::size_t>(candidate)].data();
    if ((name.front() | 0x20) == *small && same_letters(name.data(), small, name.size())) return candidate;
  }
  return field::other;
}

std::string_view describe(field name) noexcept {
  return name == field::other ? std::string_view{} : names[static_cast<std::size_t>(name)];
}

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (lower(a[i]) != lower(b[i])) return false;
  return true;
}

}  // namespace mirage::http
