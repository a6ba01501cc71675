// SPDX-License-Identifier: ISC
// The words of a master file, RFC 1035 §5.1: blanks between them, `;` before comments, quotes around words
// with blanks, and parentheses around what goes over the ends of lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mirage/dns/rdata_text.hpp"

namespace mirage::dns {

class master_words final : public word_source {
 public:
  explicit master_words(std::string_view text, std::uint32_t first_line = 1) noexcept
      : text_(text), line_(first_line) {}

  /// Goes to the next line that has a word, over what is left of this one. False at the end of the text.
  bool next_line() noexcept;
  /// Whether the line began with a blank: the owner of the record before is meant.
  [[nodiscard]] bool indented() const noexcept { return indented_; }

  /// False at the end of the line, or where `malformed()` says why.
  [[nodiscard]] bool next(word& into) noexcept override;
  void put_back() noexcept override { again_ = true; }
  /// Empty, or what is wrong with the text.
  [[nodiscard]] std::string_view malformed() const noexcept { return malformed_; }
  /// What is left of the line, as it is, without a comment; nothing is left then.
  [[nodiscard]] std::string_view rest_of_line() noexcept;

  /// Of the word that was read last.
  [[nodiscard]] std::uint32_t line() const noexcept { return word_line_; }
  [[nodiscard]] std::uint32_t column() const noexcept { return word_column_; }

 private:
  void skip_blanks() noexcept;
  void read_quoted() noexcept;
  void read_plain() noexcept;
  [[nodiscard]] bool at_end() const noexcept { return at_ == text_.size(); }
  void newline() noexcept {
    ++line_;
    line_start_ = ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  std::uint32_t line_;
  unsigned depth_ = 0;  // of parentheses
  bool started_ = false;
  bool indented_ = false;
  bool again_ = false;
  word last_;
  std::uint32_t word_line_ = 1;
  std::uint32_t word_column_ = 1;
  std::string_view malformed_;
};

}  // namespace mirage::dns
