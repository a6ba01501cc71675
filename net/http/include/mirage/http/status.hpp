// SPDX-License-Identifier: ISC
// Status codes, RFC 9110 §15, with the additions of RFC 6585 (428, 429, 431).
#pragma once

#include <cstdint>
#include <string_view>

namespace mirage::http {

/// Any number from 100 to 599 is a status; those that this library or a common program uses have a name.
enum class status : std::uint16_t {
  continue_ = 100,
  switching_protocols = 101,
  early_hints = 103,
  ok = 200,
  created = 201,
  accepted = 202,
  no_content = 204,
  reset_content = 205,
  partial_content = 206,
  moved_permanently = 301,
  found = 302,
  see_other = 303,
  not_modified = 304,
  temporary_redirect = 307,
  permanent_redirect = 308,
  bad_request = 400,
  unauthorized = 401,
  forbidden = 403,
  not_found = 404,
  method_not_allowed = 405,
  not_acceptable = 406,
  request_timeout = 408,
  conflict = 409,
  gone = 410,
  length_required = 411,
  precondition_failed = 412,
  content_too_large = 413,
  uri_too_long = 414,
  unsupported_media_type = 415,
  range_not_satisfiable = 416,
  expectation_failed = 417,
  misdirected_request = 421,
  unprocessable_content = 422,
  upgrade_required = 426,
  precondition_required = 428,
  too_many_requests = 429,
  request_header_fields_too_large = 431,
  internal_server_error = 500,
  not_implemented = 501,
  bad_gateway = 502,
  service_unavailable = 503,
  gateway_timeout = 504,
  http_version_not_supported = 505,
};

[[nodiscard]] constexpr std::uint16_t number(status code) noexcept {
  return static_cast<std::uint16_t>(code);
}

/// The reason phrase of RFC 9110 §15; "" where the code has no name there.
[[nodiscard]] std::string_view describe(status code) noexcept;

/// 1xx: an interim response, which another one follows (RFC 9110 §15.2).
[[nodiscard]] constexpr bool is_interim(status code) noexcept { return number(code) / 100 == 1; }

/// Whether a response of this status can have content at all (RFC 9110 §6.4.1): not 1xx, 204 and 304.
[[nodiscard]] constexpr bool may_have_content(status code) noexcept {
  return !is_interim(code) && code != status::no_content && code != status::not_modified;
}

}  // namespace mirage::http
