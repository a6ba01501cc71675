// SPDX-License-Identifier: ISC
// Puts a log line together and writes it to the console in one piece.
#include "mirage/core/log.hpp"

#include <algorithm>
#include <cstring>

#include "mirage/core/os.hpp"

namespace mirage::detail {

namespace {

constexpr std::string_view word_of(log_level level) noexcept {
  switch (level) {
    case log_level::quiet: break;
    case log_level::app: return "APP";
    case log_level::error: return "ERROR";
    case log_level::warning: return "WARNING";
    case log_level::info: return "INFO";
    case log_level::debug: return "DEBUG";
  }
  return "QUIET";
}

// Like append_escaped, but quotes and backslashes are ordinary here.
void append_line(text_writer& line, std::string_view text) noexcept {
  const auto control = [](char c) { return (static_cast<unsigned char>(c) < 0x20) || c == 0x7f; };
  while (!text.empty()) {
    const auto end = std::ranges::find_if(text, control);
    const auto plain = static_cast<std::size_t>(end - text.begin());
    line.append(text.substr(0, plain));
    if (plain == text.size()) return;
    append_escaped(line, text.substr(plain, 1));
    text.remove_prefix(plain + 1);
  }
}

}  // namespace

void write_log(const log_source& source, log_level level, std::string_view text,
               std::span<const format_argument> arguments) noexcept {
  if (level > os::here->log.level_of(source.name)) return;
  std::array<char, log_source::max_line> space;
  text_writer line(std::span(space).first(space.size() - 1));
  format_to(line, "{}: [{}] [{}] ", os::wall(), word_of(level), source.name);
  {
    text_stream message([&line](std::string_view chunk) { append_line(line, chunk); });
    vformat_to(message, text, arguments);
  }
  std::size_t length = line.text().size();
  if (line.cut()) std::memcpy(space.data() + length - 3, "...", 3);
  space[length++] = '\n';
  os::console(std::string_view(space.data(), length));
}

}  // namespace mirage::detail
