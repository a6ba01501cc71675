// SPDX-License-Identifier: ISC
// Request targets, RFC 9112 §3.2.
#include "mirage/http/request_target.hpp"

#include "characters.hpp"
#include "mirage/http/field.hpp"

namespace mirage::http {

namespace {

bool is_port(std::string_view text) noexcept {
  std::uint32_t value = 0;
  if (text.size() > 5) return false;
  for (char c : text) {
    if (!is(c, digit_character)) return false;
    value = value * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return value <= 65535;
}

/// Where the host ends in `host [":" port]`; npos if it is malformed.
std::size_t host_length(std::string_view text) noexcept {
  if (text.empty() || text.front() != '[') {
    const std::size_t colon = text.find(':');
    const std::size_t length = colon == std::string_view::npos ? text.size() : colon;
    return all(text.substr(0, length), host_character) ? length : std::string_view::npos;
  }
  const std::size_t close = text.find(']');  // RFC 3986 §3.2.2 IP-literal
  if (close == std::string_view::npos || close < 3) return std::string_view::npos;
  for (char c : text.substr(1, close - 1))
    if (hex_value(c) < 0 && c != ':' && c != '.') return std::string_view::npos;
  return close + 1;
}

std::size_t scheme_length(std::string_view text) noexcept {
  if (text.size() >= 7 && equal_ignoring_case(text.substr(0, 7), "http://")) return 7;
  if (text.size() >= 8 && equal_ignoring_case(text.substr(0, 8), "https://")) return 8;
  return 0;
}

void split_path(std::string_view text, request_target& target) noexcept {
  const std::size_t question = text.find('?');
  target.path = text.substr(0, question);
  if (question != std::string_view::npos) target.query = text.substr(question + 1);
}

}  // namespace

bool is_authority(std::string_view text) noexcept {
  const std::size_t host = host_length(text);
  if (host == std::string_view::npos) return false;
  const std::string_view rest = text.substr(host);
  return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
}

result<request_target, refusal> parse_target(method verb, std::string_view text) noexcept {
  request_target target;
  target.text = text;
  if (!all(text, target_character)) return fail(refusal::target_character);

  if (verb == method::connect) {
    // RFC 9110 §9.3.6: the port has no default.
    const std::size_t host = host_length(text);
    if (host == std::string_view::npos || host == 0 || text.size() < host + 2 || !is_authority(text))
      return fail(refusal::target_form);
    target.form = target_form::authority;
    target.authority = text;
    return target;
  }
  if (!text.empty() && text.front() == '/') {
    split_path(text, target);
    return target;
  }
  if (text == "*" && verb == method::options) {
    target.form = target_form::asterisk;
    return target;
  }
  const std::size_t scheme = scheme_length(text);
  if (scheme == 0) return fail(refusal::target_form);
  target.form = target_form::absolute;
  const std::size_t end = text.find_first_of("/?", scheme);
  target.authority = text.substr(scheme, end == std::string_view::npos ? end : end - scheme);
  // RFC 9110 §4.2.1: an empty host is invalid here.
  if (!is_authority(target.authority) || host_length(target.authority) == 0)
    return fail(refusal::target_form);
  if (end != std::string_view::npos) split_path(text.substr(end), target);
  if (target.path.empty()) {
    // RFC 9112 §3.2.4: OPTIONS for a URI without path and query is asked of the server itself.
    if (verb == method::options && end == std::string_view::npos) {
      target.form = target_form::asterisk;
      return target;
    }
    target.path = "/";
  }
  return target;
}

std::optional<query_parameter> next_parameter(std::string_view& query) noexcept {
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view part = query.substr(0, end);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    if (part.empty()) continue;
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) return query_parameter{part, {}};
    return query_parameter{part.substr(0, equals), part.substr(equals + 1)};
  }
  return std::nullopt;
}

std::optional<uri> parse_uri(std::string_view text) noexcept {
  text = text.substr(0, text.find('#'));
  const std::size_t scheme = scheme_length(text);
  if (scheme == 0 || !all(text, target_character)) return std::nullopt;
  uri parts;
  parts.secure = scheme == 8;
  parts.port = parts.secure ? 443 : 80;
  const std::size_t end = text.find_first_of("/?", scheme);
  parts.authority = text.substr(scheme, end == std::string_view::npos ? end : end - scheme);
  const std::size_t host = host_length(parts.authority);
  if (host == std::string_view::npos || host == 0 || !is_authority(parts.authority)) return std::nullopt;
  parts.host = parts.authority.substr(0, host);
  if (parts.host.front() == '[') parts.host = parts.host.substr(1, host - 2);
  const std::string_view digits = parts.authority.substr(host);
  if (digits.size() > 1) {
    std::uint32_t value = 0;
    for (char c : digits.substr(1)) value = value * 10 + static_cast<std::uint32_t>(c - '0');
    if (value == 0) return std::nullopt;
    if (value == parts.port) parts.authority = parts.authority.substr(0, host);
    parts.port = static_cast<std::uint16_t>(value);
  } else {
    parts.authority = parts.authority.substr(0, host);
  }
  if (end == std::string_view::npos) return parts;
  const std::string_view rest = text.substr(end);
  const std::size_t question = rest.find('?');
  parts.path = rest.substr(0, question);
  parts.has_query = question != std::string_view::npos;
  if (parts.has_query) parts.query = rest.substr(question + 1);
  return parts;
}

}  // namespace mirage::http
