// SPDX-License-Identifier: ISC
// Conditional requests, RFC 9110 §13.
#include "mirage/http/conditional.hpp"

#include "characters.hpp"

namespace mirage::http {

namespace {

/// Takes one entity tag from the front of `text`; nothing if there is none.
std::optional<entity_tag> take_entity_tag(std::string_view& text) noexcept {
  entity_tag tag;
  std::size_t at = 0;
  if (text.starts_with("W/")) {
    tag.weak = true;
    at = 2;
  }
  const std::size_t open = at;
  if (open >= text.size() || text[open] != '"') return std::nullopt;
  ++at;
  while (at < text.size() && is(text[at], etag_character)) ++at;
  if (at == text.size() || text[at] != '"') return std::nullopt;
  tag.opaque = text.substr(open, at + 1 - open);
  text.remove_prefix(at + 1);
  return tag;
}

/// Whether a list of entity tags, in as many lines as there are, or "*" matches the current one. The rest of
/// a line behind something malformed is ignored.
template <class Match>
bool any_tag(const request_head& head, field name, const validators& current, Match match) {
  const std::optional<entity_tag> have = parse_entity_tag(current.etag);
  bool found = false;
  head.for_each(name, [&](std::string_view value) {
    if (value == "*") found = found || current.exists;
    while (!found && !value.empty()) {
      const char front = value.front();
      if (front == ',' || is_blank(front)) {
        value.remove_prefix(1);
        continue;
      }
      const std::optional<entity_tag> tag = take_entity_tag(value);
      if (!tag) return;
      found = have && match(*tag, *have);
    }
  });
  return found;
}

bool is_retrieval(const request_head& head) noexcept {
  return head.method == method::get || head.method == method::head;
}

}  // namespace

std::optional<entity_tag> parse_entity_tag(std::string_view text) noexcept {
  std::optional<entity_tag> tag = take_entity_tag(text);
  if (!text.empty()) return std::nullopt;
  return tag;
}

precondition evaluate_preconditions(const request_head& head, const validators& current,
                                    seconds_time now) noexcept {
  if (head.has(field::if_match)) {
    if (!any_tag(head, field::if_match, current, strong_match)) return precondition::failed;
  } else if (head.has(field::if_unmodified_since) && current.last_modified) {
    const auto date = parse_date(head.single(field::if_unmodified_since), now);
    if (date && *current.last_modified > *date) return precondition::failed;
  }
  if (head.has(field::if_none_match)) {
    if (any_tag(head, field::if_none_match, current, weak_match))
      return is_retrieval(head) ? precondition::not_modified : precondition::failed;
  } else if (head.has(field::if_modified_since) && current.last_modified && is_retrieval(head)) {
    const auto date = parse_date(head.single(field::if_modified_since), now);
    if (date && *current.last_modified <= *date) return precondition::not_modified;
  }
  return precondition::hold;
}

bool range_applies(const request_head& head, const validators& current, seconds_time now) noexcept {
  if (head.method != method::get || !head.has(field::range) || head.repeated(field::range)) return false;
  if (!head.has(field::if_range)) return true;
  const std::string_view condition = head.single(field::if_range);
  if (const auto tag = parse_entity_tag(condition)) {
    const auto have = parse_entity_tag(current.etag);
    return have && strong_match(*tag, *have);
  }
  const auto date = parse_date(condition, now);
  return date && current.last_modified == *date && *current.last_modified < now;
}

}  // namespace mirage::http
