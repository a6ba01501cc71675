// SPDX-License-Identifier: ISC
// Writes JSON (RFC 8259), two spaces a level, members in the order they are written: the same graph always
// gives the same bytes.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

namespace mirage::config {

class json_writer {
 public:
  void begin_object() { begin('{'); }
  void end_object() { end('}'); }
  void begin_array() { begin('['); }
  void end_array() { end(']'); }

  /// The name of the member whose value is written next.
  void member(std::string_view name);

  void value(std::string_view text);
  void value(const char* text) { value(std::string_view{text}); }
  void value(bool yes) { put(yes ? "true" : "false"); }

  /// A member that is a text, a truth, or a list of texts.
  template <class T>
  void member(std::string_view name, const T& given) {
    member(name);
    if constexpr (std::same_as<T, std::vector<std::string>>) {
      begin_array();
      for (const auto& one : given) value(one);
      end_array();
    } else {
      value(given);
    }
  }

  const std::string& text() const { return text_; }

 private:
  void begin(char bracket);
  void end(char bracket);
  void put(std::string_view raw);
  void new_line();
  void quote(std::string_view text);

  std::string text_;
  std::size_t depth_ = 0;
  bool first_ = true;          // nothing was written in the innermost bracket
  bool after_member_ = false;  // a member's name was written, and its value is next
};

}  // namespace mirage::config
