// SPDX-License-Identifier: ISC
#include "master_words.hpp"

namespace mirage::dns {

namespace {

constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\r'; }

}  // namespace

// Over blanks and comments, and over ends of lines inside of parentheses.
void master_words::skip_blanks() noexcept {
  for (; !at_end(); ++at_) {
    const char c = text_[at_];
    if (c == ';') {
      while (!at_end() && text_[at_] != '\n') ++at_;
      if (at_end()) return;
    }
    if (text_[at_] == '\n') {
      if (depth_ == 0) return;
      newline();
      --at_;
    } else if (text_[at_] == '(') {
      ++depth_;
    } else if (text_[at_] == ')') {
      if (depth_ == 0) {
        malformed_ = "a closing parenthesis without an opening one";
        word_line_ = line_;
        word_column_ = static_cast<std::uint32_t>(at_ - line_start_ + 1);
        return;
      }
      --depth_;
    } else if (!is_blank(text_[at_])) {
      return;
    }
  }
}

bool master_words::next_line() noexcept {
  if (started_) {
    word unused;
    while (next(unused)) {
    }
    if (!malformed_.empty()) return true;
    if (!at_end()) newline();
  }
  started_ = true;
  while (!at_end()) {
    indented_ = is_blank(text_[at_]);
    skip_blanks();
    if (!malformed_.empty()) return true;
    if (at_end()) break;
    if (text_[at_] != '\n') return true;
    newline();
  }
  if (depth_ > 0) malformed_ = "an opening parenthesis without a closing one";
  return depth_ > 0;
}

bool master_words::next(word& into) noexcept {
  if (again_) {
    again_ = false;
    into = last_;
    return true;
  }
  if (!malformed_.empty()) return false;
  skip_blanks();
  if (!malformed_.empty()) return false;
  word_line_ = line_;
  word_column_ = static_cast<std::uint32_t>(at_ - line_start_ + 1);
  if (at_end()) {
    if (depth_ > 0) malformed_ = "an opening parenthesis without a closing one";
    return false;
  }
  if (text_[at_] == '\n') return false;
  if (text_[at_] == '"')
    read_quoted();
  else
    read_plain();
  into = last_;
  return malformed_.empty();
}

void master_words::read_quoted() noexcept {
  const std::size_t start = ++at_;
  for (; !at_end() && text_[at_] != '"' && text_[at_] != '\n'; ++at_)
    if (text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n') ++at_;
  if (at_end() || text_[at_] == '\n') {
    malformed_ = "the quotes are not closed on their line";
    return;
  }
  last_ = {text_.substr(start, at_ - start), true};
  ++at_;
}

void master_words::read_plain() noexcept {
  const std::size_t start = at_;
  for (; !at_end(); ++at_) {
    const char c = text_[at_];
    if (is_blank(c) || c == '\n' || c == ';' || c == '(' || c == ')' || c == '"') break;
    if (c == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n') ++at_;
  }
  last_ = {text_.substr(start, at_ - start), false};
}

std::string_view master_words::rest_of_line() noexcept {
  skip_blanks();
  const std::size_t start = at_;
  for (; !at_end() && text_[at_] != '\n' && text_[at_] != ';'; ++at_)
    if (text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n') ++at_;
  return text_.substr(start, at_ - start);
}

}  // namespace mirage::dns
