// SPDX-License-Identifier: ISC
// Splitting a command line that comes as one string, as a boot loader or a hypervisor hands it over.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "mirage/core/result.hpp"

namespace mirage {

enum class command_line_error : std::uint8_t { too_long, too_many_words, open_quote, lone_backslash };

[[nodiscard]] std::string_view describe(command_line_error error) noexcept;

/// The words of a command line, with room for them; the views that `split_command_line` gives refer to it, so
/// it lives as long as the unikernel.
struct command_line_words {
  static constexpr std::size_t max_length = 4096;
  static constexpr std::size_t max_words = 128;
  std::array<char, max_length> text;
  std::array<std::string_view, max_words> words;
};

/// Splits at spaces, tabs and line ends, much as a shell would:
///   '...'   everything inside is literal
///   "..."   inside, `\"` and `\\` stand for `"` and `\`; any other backslash is literal
///   \c      outside of quotes: the character c, whatever it is
/// Quoted and unquoted parts that touch make one word, and `''` is an empty one. `text` is copied: it may
/// vanish afterwards.
result<std::span<const std::string_view>, command_line_error> split_command_line(
    std::string_view text, command_line_words& out) noexcept;

}  // namespace mirage
