// SPDX-License-Identifier: ISC
#include "mirage/http/router.hpp"

#include <algorithm>
#include <array>

#include "mirage/core/format.hpp"
#include "mirage/core/panic.hpp"

namespace mirage::http {

namespace {

/// Takes the next segment off the front of `rest`, which begins with its slash.
std::string_view take_segment(std::string_view& rest) noexcept {
  rest.remove_prefix(1);
  const std::size_t end = std::min(rest.find('/'), rest.size());
  const std::string_view segment = rest.substr(0, end);
  rest.remove_prefix(end);
  return segment;
}

bool is_pattern(std::string_view pattern) noexcept {
  if (!pattern.starts_with('/')) return false;
  std::size_t names = 0;
  while (!pattern.empty()) {
    const std::string_view segment = take_segment(pattern);
    if (segment.starts_with(':') || segment.starts_with('*')) ++names;
    if (segment.starts_with('*') && !pattern.empty()) return false;
  }
  return names <= 8;
}

}  // namespace

std::string_view captures::operator[](std::string_view name) const noexcept {
  for (const capture& each : all_)
    if (each.name == name) return each.value;
  return {};
}

bool match_path(std::string_view pattern, std::string_view path, captures& found) noexcept {
  found.all_.clear();
  while (!pattern.empty() && !path.empty()) {
    const std::string_view wanted = take_segment(pattern);
    if (wanted.starts_with('*')) {
      found.all_.push_back({wanted.substr(1), path.substr(1)});
      return true;
    }
    const std::string_view segment = take_segment(path);
    if (wanted.starts_with(':')) {
      if (segment.empty()) return false;
      found.all_.push_back({wanted.substr(1), segment});
    } else if (wanted != segment) {
      return false;
    }
  }
  return pattern.empty() && path.empty();
}

void router::add(method verb, std::string_view pattern, handler call) {
  require(is_pattern(pattern),
          "a route's pattern begins with '/', has '*' only at its end and at most 8 names");
  routes_.push_back({verb, pattern, std::move(call)});
}

router::handler* router::find(method verb, std::string_view path, captures& found) noexcept {
  for (route& each : routes_)
    if (each.verb == verb && match_path(each.pattern, path, found)) return &each.call;
  return nullptr;
}

task<> router::operator()(exchange& with) {
  const std::string_view path = with.request().path();
  const method verb = with.request().head().method;
  captures found;
  handler* call = find(verb, path, found);
  if (call == nullptr && verb == method::head) call = find(method::get, path, found);
  if (call != nullptr) co_return co_await (*call)(with, found);
  answer_without_route(with);
  if (!with.answered() && otherwise_) co_await (*otherwise_)(with, found);
}

/// 405, or the answer to OPTIONS, for a path that has routes; 404 for one that has none, unless that is
/// somebody else's.
void router::answer_without_route(exchange& with) noexcept {
  std::array<char, 128> space;
  text_writer lines(space);
  lines.append("Allow: OPTIONS");
  bool any = false;
  captures ignored;
  for (std::size_t i = 0; i < static_cast<std::size_t>(method::other); ++i) {
    const auto verb = static_cast<method>(i);
    if (verb == method::options || find(verb, with.request().path(), ignored) == nullptr) continue;
    any = true;
    format_to(lines, ", {}", describe(verb));
    if (verb == method::get && find(method::head, with.request().path(), ignored) == nullptr)
      lines.append(", HEAD");
  }
  lines.append("\r\n");
  if (any) {
    const bool asks = with.request().head().method == method::options;
    (void)with.respond_with_lines(asks ? status::no_content : status::method_not_allowed, lines.text(), {});
  } else if (!otherwise_) {
    (void)with.respond_with_lines(status::not_found, "Content-Type: text/plain\r\n",
                                  buffer::from_static(as_bytes("404 Not Found\n")));
  }
}

}  // namespace mirage::http
