// SPDX-License-Identifier: ISC
// Request targets (RFC 9112 §3.2), and the paths and queries in them (RFC 3986 §3.3, §3.4).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "mirage/core/result.hpp"
#include "mirage/http/method.hpp"
#include "mirage/http/refusal.hpp"

namespace mirage::http {

enum class target_form : std::uint8_t {
  origin,     ///< "/path?query", the usual one
  absolute,   ///< "http://host/path?query", as a proxy is asked; any server must understand it
  authority,  ///< "host:port", only with CONNECT
  asterisk,   ///< "*", only with OPTIONS
};

/// A target cut into parts; nothing is decoded.
struct request_target {
  target_form form = target_form::origin;
  std::string_view text;       ///< as it was received
  std::string_view authority;  ///< of the absolute and the authority form; else ""
  std::string_view path;       ///< of the origin and the absolute form, "/" if that has none; else ""
  std::string_view query;      ///< what follows '?', without it
};

/// Refuses with `target_character` or `target_form`; userinfo in an authority is refused (RFC 9110 §4.2.4).
[[nodiscard]] result<request_target, refusal> parse_target(method verb, std::string_view text) noexcept;

/// Whether `text` is `host [":" port]` (RFC 9110 §7.2). An empty host is allowed, as RFC 9112 §3.2 does.
[[nodiscard]] bool is_authority(std::string_view text) noexcept;

enum class path_error : std::uint8_t {
  malformed,    ///< not rooted, or a '%' without two hexadecimal digits
  nul,          ///< %00
  slash,        ///< an encoded '/' or '\\', or a plain '\\': what a segment is would depend on the reader
  dot_segment,  ///< "." or "..", encoded or not
  empty,        ///< two slashes in a row
  too_long,     ///< longer than the space for the result
};
[[nodiscard]] std::string_view describe(path_error error) noexcept;

/// Decodes a path that names something in a store. The result begins with '/', its segments are neither
/// empty (but the last, in "/a/") nor "." nor "..", and have no NUL, '/' or '\\' in them. It is `path` itself
/// where nothing was encoded, else it lies in `space`.
[[nodiscard]] result<std::string_view, path_error> decode_path(std::string_view path,
                                                               std::span<char> space) noexcept;

/// Decodes the percent-encoding of one part of a URI; with `plus_is_space` that of a form field. Nothing if
/// it is malformed or does not fit. The result is `text` itself where nothing was encoded.
[[nodiscard]] std::optional<std::string_view> percent_decode(std::string_view text, std::span<char> space,
                                                             bool plus_is_space = false) noexcept;

struct query_parameter {
  std::string_view name;   ///< still encoded
  std::string_view value;  ///< still encoded; "" where there is no '='
};

/// Takes the next `name=value` from the front of `query`, up to '&'. Nothing at the end. Empty parts
/// ("a&&b") are skipped.
[[nodiscard]] std::optional<query_parameter> next_parameter(std::string_view& query) noexcept;

/// A URI with the scheme "http" or "https", cut into what a client needs (RFC 9110 §4.2).
struct uri {
  bool secure = false;         ///< https
  std::string_view authority;  ///< for Host: without the port if it is the scheme's own
  std::string_view host;       ///< without the brackets of an IPv6 address
  std::uint16_t port = 80;
  std::string_view path;  ///< "" stands for "/"
  std::string_view query;
  bool has_query = false;
};

/// Nothing if it is not such a URI. A fragment is cut off; userinfo is refused.
[[nodiscard]] std::optional<uri> parse_uri(std::string_view text) noexcept;

}  // namespace mirage::http
