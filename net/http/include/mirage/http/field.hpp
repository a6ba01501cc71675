// SPDX-License-Identifier: ISC
// Field names that this library or a common program looks at, RFC 9110 §16.3. A parser recognises them as it
// goes, so that asking for one later costs no search.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mirage::http {

enum class field : std::uint8_t {
  accept,
  accept_encoding,
  accept_language,
  accept_ranges,
  allow,
  authorization,
  cache_control,
  connection,
  content_encoding,
  content_length,
  content_range,
  content_type,
  cookie,
  date,
  etag,
  expect,
  forwarded,
  host,
  if_match,
  if_modified_since,
  if_none_match,
  if_range,
  if_unmodified_since,
  last_modified,
  location,
  origin,
  range,
  referer,
  retry_after,
  server,
  set_cookie,
  te,
  trailer,
  transfer_encoding,
  upgrade,
  user_agent,
  vary,
  via,
  www_authenticate,
  x_forwarded_for,
  other,  ///< every name that is not in this list
};

inline constexpr std::size_t field_count = static_cast<std::size_t>(field::other);

/// Names are compared without regard to case. `name` must be a token.
[[nodiscard]] field identify(std::string_view name) noexcept;

/// The usual spelling, "Content-Length"; "" for `other`.
[[nodiscard]] std::string_view describe(field name) noexcept;

/// ASCII comparison without regard to case.
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;

/// One line of a head or a trailer, without the whitespace around the value.
struct field_line {
  std::string_view name;
  std::string_view value;
  friend bool operator==(const field_line&, const field_line&) = default;
};

}  // namespace mirage::http
