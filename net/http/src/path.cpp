// SPDX-License-Identifier: ISC
// Percent-decoding and the checks of a path, RFC 3986 §2.1 and §5.2.4. Dot segments are refused and not
// resolved: no honest client sends them, for it has resolved them itself (RFC 3986 §6.2.2.3).
#include <cstring>

#include "characters.hpp"
#include "mirage/http/request_target.hpp"

namespace mirage::http {

namespace {

/// The byte that `%xx` at `at` stands for; -1 if it is malformed.
int decode_byte(std::string_view text, std::size_t at) noexcept {
  if (text.size() - at < 3) return -1;
  const int high = hex_value(text[at + 1]);
  const int low = hex_value(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/// What is wrong with a decoded path, if anything.
std::optional<path_error> check_segments(std::string_view path) noexcept {
  std::size_t begin = 1;
  for (std::size_t at = 1; at <= path.size(); ++at) {
    if (at != path.size() && path[at] != '/') continue;
    const std::string_view segment = path.substr(begin, at - begin);
    if (segment == "." || segment == "..") return path_error::dot_segment;
    if (segment.empty() && at != path.size()) return path_error::empty;
    begin = at + 1;
  }
  return std::nullopt;
}

}  // namespace

std::string_view describe(path_error error) noexcept {
  switch (error) {
    case path_error::malformed: return "malformed path";
    case path_error::nul: return "NUL in the path";
    case path_error::slash: return "encoded slash in the path";
    case path_error::dot_segment: return "dot segment in the path";
    case path_error::empty: return "empty segment in the path";
    case path_error::too_long: return "path too long";
  }
  return "";
}

result<std::string_view, path_error> decode_path(std::string_view path, std::span<char> space) noexcept {
  if (path.empty() || path.front() != '/') return fail(path_error::malformed);
  std::string_view decoded = path;
  if (path.find('%') != std::string_view::npos) {
    std::size_t length = 0;
    for (std::size_t at = 0; at < path.size(); ++at) {
      if (length == space.size()) return fail(path_error::too_long);
      char c = path[at];
      if (c == '%') {
        const int byte = decode_byte(path, at);
        if (byte < 0) return fail(path_error::malformed);
        if (byte == 0) return fail(path_error::nul);
        if (byte == '/' || byte == '\\') return fail(path_error::slash);
        c = static_cast<char>(byte);
        at += 2;
      }
      space[length++] = c;
    }
    decoded = {space.data(), length};
  }
  if (decoded.find('\0') != std::string_view::npos) return fail(path_error::nul);
  if (decoded.find('\\') != std::string_view::npos) return fail(path_error::slash);
  if (auto wrong = check_segments(decoded)) return fail(*wrong);
  return decoded;
}

std::optional<std::string_view> percent_decode(std::string_view text, std::span<char> space,
                                               bool plus_is_space) noexcept {
  auto encoded = [&](char c) { return c == '%' || (plus_is_space && c == '+'); };
  bool any = false;
  for (char c : text) any = any || encoded(c);
  if (!any) return text;
  std::size_t length = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (length == space.size()) return std::nullopt;
    char c = text[at];
    if (c == '%') {
      const int byte = decode_byte(text, at);
      if (byte < 0) return std::nullopt;
      c = static_cast<char>(byte);
      at += 2;
    } else if (encoded(c)) {
      c = ' ';
    }
    space[length++] = c;
  }
  return std::string_view{space.data(), length};
}

}  // namespace mirage::http
