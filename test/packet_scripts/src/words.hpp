// SPDX-License-Identifier: ISC
// A line of a script, word by word. A text in double quotes is one word; `#` begins a comment.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "packet.hpp"

namespace mirage::scripts {

struct word {
  std::string text;
  std::size_t column;
  bool quoted = false;
};

class words {
 public:
  words(std::string_view line, std::size_t number);

  [[nodiscard]] bool empty() const { return next_ == all_.size(); }
  [[nodiscard]] bool at(std::string_view text) const {
    return !empty() && !all_[next_].quoted && all_[next_].text == text;
  }
  [[nodiscard]] const word& peek(std::size_t ahead = 0) const { return all_[next_ + ahead]; }
  [[nodiscard]] std::size_t left() const { return all_.size() - next_; }
  /// The next word, or a mistake that says what was wanted.
  word take(std::string_view wanted);
  /// Takes the next word if it is this one.
  bool accept(std::string_view text) {
    if (!at(text)) return false;
    ++next_;
    return true;
  }
  void end() const;

  [[noreturn]] void complain(std::string_view why) const;
  [[noreturn]] void complain(const word& about, std::string_view why) const {
    throw mistake(line_, about.column, std::string{why});
  }
  [[nodiscard]] std::size_t line() const { return line_; }

 private:
  std::size_t line_;
  std::size_t end_;
  std::vector<word> all_;
  std::size_t next_ = 0;
};

}  // namespace mirage::scripts
