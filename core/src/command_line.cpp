// SPDX-License-Identifier: ISC
// The splitter of command lines.
#include "mirage/core/command_line.hpp"

#include <optional>

namespace mirage {

std::string_view describe(command_line_error error) noexcept {
  switch (error) {
    case command_line_error::too_long: return "the command line is longer than 4096 bytes";
    case command_line_error::too_many_words: return "the command line has more than 128 words";
    case command_line_error::open_quote: return "a quote in the command line is not closed";
    case command_line_error::lone_backslash: return "the command line ends in a backslash";
  }
  return "unknown";
}

namespace {

class splitter {
 public:
  splitter(std::string_view rest, command_line_words& out) noexcept : rest_(rest), out_(out) {}

  result<std::span<const std::string_view>, command_line_error> run() noexcept {
    while (skip_space()) {
      if (count_ == out_.words.size()) return fail(command_line_error::too_many_words);
      const std::size_t begin = used_;
      if (const auto error = read_word()) return fail(*error);
      out_.words[count_++] = std::string_view(out_.text.data() + begin, used_ - begin);
    }
    return std::span<const std::string_view>(out_.words).first(count_);
  }

 private:
  static bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
  bool skip_space() noexcept {
    while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
    return !rest_.empty();
  }
  char take() noexcept {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  // There is room: a word is never longer than what it was read from.
  void put(char c) noexcept { out_.text[used_++] = c; }

  std::optional<command_line_error> read_word() noexcept {
    while (!rest_.empty() && !is_space(rest_.front())) {
      const char c = take();
      if (c == '\'' || c == '"') {
        if (!read_quoted(c)) return command_line_error::open_quote;
      } else if (c == '\\') {
        if (rest_.empty()) return command_line_error::lone_backslash;
        put(take());
      } else {
        put(c);
      }
    }
    return std::nullopt;
  }

  bool read_quoted(char quote) noexcept {
    while (!rest_.empty()) {
      const char c = take();
      if (c == quote) return true;
      const bool escape =
          c == '\\' && quote == '"' && !rest_.empty() && (rest_.front() == '"' || rest_.front() == '\\');
      put(escape ? take() : c);
    }
    return false;
  }

  std::string_view rest_;
  command_line_words& out_;
  std::size_t used_ = 0;
  std::size_t count_ = 0;
};

}  // namespace

result<std::span<const std::string_view>, command_line_error> split_command_line(
    std::string_view text, command_line_words& out) noexcept {
  if (text.size() > out.text.size()) return fail(command_line_error::too_long);
  return splitter(text, out).run();
}

}  // namespace mirage
