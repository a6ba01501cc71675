// SPDX-License-Identifier: ISC
// The table of log levels and its text form.
#include "mirage/core/log_levels.hpp"

#include <algorithm>
#include <span>

#include "mirage/core/format.hpp"

namespace mirage {

namespace {
constexpr std::array<std::string_view, 6> level_names = {"quiet", "app", "error", "warning", "info", "debug"};
}

std::string_view describe(log_level level) noexcept { return level_names[static_cast<std::size_t>(level)]; }

std::optional<log_level> parse_log_level(std::string_view word) noexcept {
  const auto found = std::ranges::find(level_names, word);
  if (found == level_names.end()) return std::nullopt;
  return static_cast<log_level>(found - level_names.begin());
}

void format(text_writer& out, const log_levels_error& error) noexcept {
  using enum log_levels_error::reason;
  switch (error.why) {
    case unknown_level: out.append("unknown log level \""); break;
    case no_source: out.append("no log source before the colon in \""); break;
    case source_too_long: out.append("too long a name of a log source, \""); break;
    case too_many_sources: out.append("no room for a level of one more log source, \""); break;
  }
  constexpr std::size_t longest = 64;
  append_escaped(out, error.word.substr(0, longest));
  out.append(error.word.size() > longest ? "...\"" : "\"");
  if (error.why == unknown_level) {
    out.append("; choose one of ");
    for (std::size_t i = 0; i < level_names.size(); ++i)
      format_to(out, "{}{}", i == 0 ? "" : ", ", level_names[i]);
  }
}

log_level log_levels::level_of(std::string_view source) const noexcept {
  for (const exception& e : std::span(exceptions_).first(count_))
    if (e.source == source) return e.level;
  return default_;
}

void log_levels::set(log_level level) noexcept {
  default_ = level;
  find_greatest();
}

result<void, log_levels_error> log_levels::set(std::string_view source, log_level level) noexcept {
  using enum log_levels_error::reason;
  if (source.empty()) return fail(log_levels_error{no_source, source});
  if (source.size() > max_source_length) return fail(log_levels_error{source_too_long, source});
  const auto known = std::span(exceptions_).first(count_);
  const auto found = std::ranges::find_if(known, [&](const exception& e) { return e.source == source; });
  if (found != known.end()) {
    found->level = level;
  } else {
    if (count_ == max_sources) return fail(log_levels_error{too_many_sources, source});
    exceptions_[count_].source.assign(source);
    exceptions_[count_++].level = level;
  }
  find_greatest();
  return {};
}

result<void, log_levels_error> log_levels::parse_item(std::string_view item) noexcept {
  const std::size_t colon = item.rfind(':');
  const std::string_view word = colon == std::string_view::npos ? item : item.substr(colon + 1);
  const auto level = parse_log_level(word);
  if (!level) return fail(log_levels_error{log_levels_error::reason::unknown_level, word});
  const std::string_view source = colon == std::string_view::npos ? "*" : item.substr(0, colon);
  if (source.empty()) return fail(log_levels_error{log_levels_error::reason::no_source, item});
  if (source != "*") return set(source, *level);
  set(*level);
  return {};
}

result<void, log_levels_error> log_levels::parse(std::string_view text) noexcept {
  log_levels next = *this;
  for (;;) {
    const std::size_t comma = text.find(',');
    MIRAGE_TRY_VOID(next.parse_item(text.substr(0, comma)));
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  *this = next;
  return {};
}

void log_levels::find_greatest() noexcept {
  greatest_ = default_;
  for (const exception& e : std::span(exceptions_).first(count_)) greatest_ = std::max(greatest_, e.level);
}

void format(text_writer& out, const log_levels& levels) noexcept {
  format_to(out, "*:{}", levels.default_);
  for (const auto& e : std::span(levels.exceptions_).first(levels.count_))
    format_to(out, ",{}:{}", e.source, e.level);
}

}  // namespace mirage
