// SPDX-License-Identifier: ISC
// Range requests, RFC 9110 §14.
#include "mirage/http/range.hpp"

#include <algorithm>
#include <cstring>

#include "decimal.hpp"
#include "mirage/http/field.hpp"
#include "mirage/http/head_parser.hpp"

namespace mirage::http {

namespace {

/// One range-spec. `satisfiable` false: it lies beyond the end. Nothing: malformed.
struct parsed_range {
  byte_range range;
  bool satisfiable = true;
};

/// A number that is too large lies beyond every end, so it is read as the greatest one.
std::optional<std::uint64_t> position(std::string_view text) noexcept {
  if (text.empty() || !all(text, digit_character)) return std::nullopt;
  return parse_decimal(text).value_or(UINT64_MAX);
}

std::optional<parsed_range> parse_one(std::string_view spec, std::uint64_t size) noexcept {
  const std::size_t dash = spec.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const std::string_view before = spec.substr(0, dash);
  const std::string_view after = spec.substr(dash + 1);
  parsed_range parsed;
  if (before.empty()) {  // the last `n` bytes
    const auto length = position(after);
    if (!length) return std::nullopt;
    parsed.satisfiable = *length != 0 && size != 0;
    if (parsed.satisfiable) parsed.range = {size - std::min(*length, size), size - 1};
    return parsed;
  }
  const auto first = position(before);
  if (!first) return std::nullopt;
  std::uint64_t last = UINT64_MAX;
  if (!after.empty()) {
    const auto given = position(after);
    if (!given || *given < *first) return std::nullopt;
    last = *given;
  }
  parsed.satisfiable = *first < size;
  if (parsed.satisfiable) parsed.range = {*first, std::min(last, size - 1)};
  return parsed;
}

bool overlap(const byte_range& a, const byte_range& b) noexcept {
  return a.first <= b.last && b.first <= a.last;
}

/// How many pairs of ranges overlap, and whether all of them together are longer than the whole.
bool is_patchwork(std::span<const byte_range> list, std::uint64_t size) noexcept {
  std::uint64_t total = 0;
  int overlaps = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i].length() > size - total) return true;
    total += list[i].length();
    for (std::size_t k = 0; k < i; ++k)
      if (overlap(list[i], list[k])) ++overlaps;
  }
  return overlaps > 1;
}

class text_builder {
 public:
  explicit text_builder(std::span<char> space) noexcept : space_(space) {}
  text_builder& add(std::string_view text) noexcept {
    if (text.size() > space_.size() - length_) {
      fits_ = false;
      return *this;
    }
    if (!text.empty()) std::memcpy(space_.data() + length_, text.data(), text.size());
    length_ += text.size();
    return *this;
  }
  [[nodiscard]] std::string_view text() const noexcept {
    return fits_ ? std::string_view{space_.data(), length_} : std::string_view{};
  }

 private:
  std::span<char> space_;
  std::size_t length_ = 0;
  bool fits_ = true;
};

constexpr std::string_view part_begin = "\r\n--";
constexpr std::string_view part_type = "\r\nContent-Type: ";
constexpr std::string_view part_range = "\r\nContent-Range: ";
constexpr std::string_view part_end = "\r\n\r\n";
constexpr std::string_view body_end = "--\r\n";

}  // namespace

ranges parse_ranges(std::string_view value, std::uint64_t size, std::span<byte_range> space) noexcept {
  constexpr std::string_view unit = "bytes=";
  if (value.size() <= unit.size() || !equal_ignoring_case(value.substr(0, unit.size()), unit)) return {};
  value.remove_prefix(unit.size());
  std::size_t count = 0;
  bool any = false;
  for (std::string_view spec = next_member(value); !spec.empty(); spec = next_member(value)) {
    any = true;
    const auto parsed = parse_one(spec, size);
    if (!parsed) return {};
    if (!parsed->satisfiable) continue;
    if (count == space.size()) return {};
    space[count++] = parsed->range;
  }
  if (!any) return {};
  if (count == 0) return {range_answer::unsatisfiable, {}};
  const auto list = space.first(count);
  if (count > 1 && is_patchwork(list, size)) return {};
  return {range_answer::partial, list};
}

content_range_text::content_range_text(std::optional<byte_range> range, std::uint64_t size) noexcept {
  text_builder text{text_};
  text.add("bytes ");
  if (range)
    text.add(decimal_text{range->first}.text()).add("-").add(decimal_text{range->last}.text());
  else
    text.add("*");
  text.add("/").add(decimal_text{size}.text());
  length_ = text.text().size();
}

std::optional<content_range> parse_content_range(std::string_view value) noexcept {
  constexpr std::string_view unit = "bytes ";
  if (value.size() <= unit.size() || !equal_ignoring_case(value.substr(0, unit.size()), unit))
    return std::nullopt;
  value.remove_prefix(unit.size());
  const std::size_t dash = value.find('-');
  const std::size_t slash = value.find('/');
  if (dash == std::string_view::npos || slash == std::string_view::npos || slash < dash) return std::nullopt;
  const auto first = parse_decimal(value.substr(0, dash));
  const auto last = parse_decimal(value.substr(dash + 1, slash - dash - 1));
  if (!first || !last || *last < *first || *last == UINT64_MAX) return std::nullopt;
  content_range parsed{{*first, *last}, std::nullopt};
  if (value.substr(slash + 1) == "*") return parsed;
  parsed.size = parse_decimal(value.substr(slash + 1));
  if (!parsed.size || *last >= *parsed.size) return std::nullopt;
  return parsed;
}

std::string_view multipart::part_head(const byte_range& part, std::span<char> space) const noexcept {
  text_builder text{space};
  text.add(part_begin).add(boundary_);
  if (!content_type_.empty()) text.add(part_type).add(content_type_);
  return text.add(part_range).add(content_range_text{part, size_}.text()).add(part_end).text();
}

std::string_view multipart::end(std::span<char> space) const noexcept {
  return text_builder{space}.add(part_begin).add(boundary_).add(body_end).text();
}

std::size_t multipart::head_length(const byte_range& part) const noexcept {
  return part_begin.size() + boundary_.size() +
         (content_type_.empty() ? 0 : part_type.size() + content_type_.size()) + part_range.size() +
         content_range_text{part, size_}.text().size() + part_end.size();
}

std::uint64_t multipart::length(std::span<const byte_range> parts) const noexcept {
  std::uint64_t total = part_begin.size() + boundary_.size() + body_end.size();
  for (const byte_range& part : parts) total += head_length(part) + part.length();
  return total;
}

}  // namespace mirage::http
