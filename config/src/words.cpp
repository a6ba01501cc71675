// SPDX-License-Identifier: ISC
#include "mirage/config/words.hpp"

#include <algorithm>
#include <array>

namespace mirage::config {

std::string with_article(std::string_view noun) {
  const bool spelled_with_a_vowel = noun.starts_with("http") || noun.starts_with("fs");
  const bool vowel = !noun.empty() && std::string_view{"aeio"}.contains(noun.front());
  return (vowel || spelled_with_a_vowel ? "an " : "a ") + std::string{noun};
}

std::string listed(const std::vector<std::string>& words, std::string_view last) {
  if (words.empty()) return "none";
  std::string text = words.front();
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (i + 1 < words.size()) {
      text += ", ";
    } else {
      text += ' ';
      text += last;
      text += ' ';
    }
    text += words[i];
  }
  return text;
}

std::string cpp_literal(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      // Three octal digits never run into the character behind them.
      out += '\\';
      for (const int shift : {6, 3, 0}) out += static_cast<char>('0' + ((byte >> shift) & 7));
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string cpp_name(std::string_view name) {
  // Keywords that could be an argument's or a device's name, and the names of the generated program itself.
  static constexpr std::array taken{
      "and",      "arguments", "asm",      "auto",     "bool",      "break",    "case",
      "catch",    "char",      "class",    "co_await", "co_return", "co_yield", "command_line",
      "concept",  "const",     "continue", "default",  "delete",    "do",       "double",
      "else",     "enum",      "explicit", "export",   "extern",    "false",    "final",
      "float",    "for",       "friend",   "goto",     "if",        "inline",   "int",
      "linux",    "long",      "mirage",   "mutable",  "namespace", "new",      "not",
      "operator", "or",        "parse",    "private",  "protected", "public",   "register",
      "requires", "return",    "short",    "signed",   "sizeof",    "static",   "start_delay",
      "status",   "struct",    "switch",   "template", "this",      "throw",    "true",
      "try",      "typedef",   "typename", "union",    "unix",      "unsigned", "using",
      "virtual",  "void",      "volatile", "while",    "xor"};
  std::string out{name};
  std::ranges::replace(out, '-', '_');
  if (std::ranges::find(taken, out) != taken.end()) out += '_';
  return out;
}

bool is_plain_name(std::string_view name) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz";
  return !name.empty() && letters.contains(name.front()) &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") == name.npos;
}

bool is_argument_name(std::string_view name) {
  return is_plain_name(name) && !name.contains('_') && name.size() <= 64;
}

std::string shown_duration(std::int64_t nanoseconds) {
  struct unit {
    std::int64_t length;
    const char* name;
  };
  constexpr std::array units{unit{86'400'000'000'000, "d"}, unit{3'600'000'000'000, "h"},
                             unit{60'000'000'000, "min"},   unit{1'000'000'000, "s"},
                             unit{1'000'000, "ms"},         unit{1'000, "us"}};
  for (const auto& [length, name] : units) {
    if (nanoseconds != 0 && nanoseconds % length == 0) return std::to_string(nanoseconds / length) + name;
  }
  return nanoseconds == 0 ? "0s" : std::to_string(nanoseconds) + "ns";
}

}  // namespace mirage::config
