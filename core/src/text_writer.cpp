// SPDX-License-Identifier: ISC
// The bounded and the streaming text writer, and escaping.
#include "mirage/core/text_writer.hpp"

#include <algorithm>
#include <cstring>

namespace mirage {

void text_writer::append(std::string_view text) noexcept {
  total_ += text.size();
  if (text.size() > space_.size() - used_ && flush_ != nullptr) {
    flush();
    if (text.size() > space_.size()) return flush_(context_, text);
  }
  const std::size_t length = std::min(text.size(), space_.size() - used_);
  if (length != 0) std::memcpy(space_.data() + used_, text.data(), length);
  used_ += length;
  if (length < text.size()) cut_ = true;
}

void text_writer::append(char character) noexcept { append(std::string_view(&character, 1)); }

void text_writer::append(std::size_t count, char character) noexcept {
  char run[16];
  std::memset(run, character, sizeof run);
  for (; count > sizeof run; count -= sizeof run) append(std::string_view(run, sizeof run));
  append(std::string_view(run, count));
}

void text_writer::flush() noexcept {
  if (flush_ == nullptr || used_ == 0) return;
  const std::string_view chunk = text();
  used_ = 0;
  flush_(context_, chunk);
}

namespace {

void append_escape(text_writer& out, char character) noexcept {
  constexpr std::string_view digits = "0123456789abcdef";
  switch (character) {
    case '\n': return out.append("\\n");
    case '\r': return out.append("\\r");
    case '\t': return out.append("\\t");
    case '"': return out.append("\\\"");
    case '\\': return out.append("\\\\");
    default: break;
  }
  const auto value = static_cast<unsigned char>(character);
  const char escape[] = {'\\', 'x', digits[value >> 4], digits[value & 15]};
  out.append(std::string_view(escape, sizeof escape));
}

bool is_plain(char character) noexcept {
  const auto value = static_cast<unsigned char>(character);
  return value >= 0x20 && value != 0x7f && character != '"' && character != '\\';
}

}  // namespace

void append_escaped(text_writer& out, std::string_view text) noexcept {
  while (!text.empty()) {
    const auto end = std::find_if_not(text.begin(), text.end(), is_plain);
    const auto length = static_cast<std::size_t>(end - text.begin());
    out.append(text.substr(0, length));
    if (length == text.size()) return;
    append_escape(out, text[length]);
    text.remove_prefix(length + 1);
  }
}

}  // namespace mirage
