// SPDX-License-Identifier: ISC
#include "json_writer.hpp"

namespace mirage::config {

void json_writer::new_line() {
  text_ += '\n';
  text_.append(2 * depth_, ' ');
}

void json_writer::put(std::string_view raw) {
  if (after_member_) {
    after_member_ = false;
  } else if (depth_ > 0) {
    if (!first_) text_ += ',';
    new_line();
  }
  first_ = false;
  text_ += raw;
}

void json_writer::begin(char bracket) {
  put(std::string_view{&bracket, 1});
  ++depth_;
  first_ = true;
}

void json_writer::end(char bracket) {
  --depth_;
  if (!first_) new_line();
  first_ = false;
  text_ += bracket;
}

void json_writer::member(std::string_view name) {
  put("");
  quote(name);
  text_ += ": ";
  after_member_ = true;
}

void json_writer::value(std::string_view given) {
  put("");
  quote(given);
}

void json_writer::quote(std::string_view given) {
  constexpr std::string_view digits = "0123456789abcdef";
  text_ += '"';
  for (const char c : given) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      text_ += '\\';
      text_ += c;
    } else if (byte < 0x20) {
      text_ += "\\u00";
      text_ += digits[byte >> 4];
      text_ += digits[byte & 15];
    } else {
      text_ += c;
    }
  }
  text_ += '"';
}

}  // namespace mirage::config
