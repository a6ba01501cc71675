// SPDX-License-Identifier: ISC
#include "generate.hpp"

#include "mirage/core/text_writer.hpp"

namespace mirage::dns {

namespace {

/// Digits at the front of the text, at most nine of them.
std::optional<std::uint32_t> take_number(std::string_view& text) noexcept {
  std::uint32_t value = 0;
  std::size_t digits = 0;
  for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits)
    value = value * 10 + static_cast<std::uint32_t>(text[digits] - '0');
  if (digits == 0 || digits > 9) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char c) noexcept {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

struct modifier {
  std::int64_t offset = 0;
  std::uint32_t width = 0;
  char base = 'd';

  /// Of what stands in the braces.
  static std::optional<modifier> parse(std::string_view text) noexcept {
    modifier read;
    const bool below = take(text, '-');
    const auto offset = take_number(text);
    if (!offset) return std::nullopt;
    read.offset = below ? -std::int64_t{*offset} : std::int64_t{*offset};
    if (take(text, ',')) {
      const auto width = take_number(text);
      if (!width || *width > 63) return std::nullopt;
      read.width = *width;
      if (take(text, ',')) {
        if (text.empty()) return std::nullopt;
        read.base = text.front();
        text.remove_prefix(1);
      }
    }
    if (!text.empty() || std::string_view("doxX").find(read.base) == std::string_view::npos)
      return std::nullopt;
    return read;
  }

  bool write(text_writer& out, std::int64_t number) const noexcept {
    number += offset;
    if (number < 0) return false;
    const int radix = base == 'd' ? 10 : base == 'o' ? 8 : 16;
    const std::string_view digits = base == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    char reversed[64];
    std::size_t count = 0;
    do {
      reversed[count++] = digits[static_cast<std::size_t>(number % radix)];
      number /= radix;
    } while (number > 0);
    while (count < width) reversed[count++] = '0';
    while (count > 0) out.append(reversed[--count]);
    return true;
  }
};

}  // namespace

std::optional<generate_range> generate_range::parse(std::string_view text) noexcept {
  generate_range range;
  const auto first = take_number(text);
  if (!first || !take(text, '-')) return std::nullopt;
  const auto last = take_number(text);
  if (!last || *last < *first) return std::nullopt;
  if (take(text, '/')) {
    const auto step = take_number(text);
    if (!step || *step == 0) return std::nullopt;
    range.step = *step;
  }
  if (!text.empty()) return std::nullopt;
  range.first = *first;
  range.last = *last;
  return range;
}

std::optional<std::string_view> generate(std::string_view text, std::uint32_t number,
                                         std::span<char> space) noexcept {
  text_writer out(space);
  while (!text.empty()) {
    if (take(text, '\\')) {
      // `\$` is a dollar; other escapes are the reader's.
      if (!text.starts_with('$')) out.append('\\');
      if (text.empty()) return std::nullopt;
      out.append(text.front());
      text.remove_prefix(1);
    } else if (!take(text, '$')) {
      out.append(text.front());
      text.remove_prefix(1);
    } else if (take(text, '$')) {
      out.append('$');
    } else {
      modifier how;
      if (take(text, '{')) {
        const std::size_t end = text.find('}');
        if (end == std::string_view::npos) return std::nullopt;
        const auto parsed = modifier::parse(text.substr(0, end));
        if (!parsed) return std::nullopt;
        how = *parsed;
        text.remove_prefix(end + 1);
      }
      if (!how.write(out, number)) return std::nullopt;
    }
  }
  if (out.cut()) return std::nullopt;
  return out.text();
}

}  // namespace mirage::dns
