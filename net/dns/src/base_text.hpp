// SPDX-License-Identifier: ISC
// Octets as digits: base16, base32 with the extended alphabet, base64 (RFC 4648).
#pragma once

#include <cstddef>
#include <string_view>

#include "mirage/core/bytes.hpp"
#include "mirage/core/text_writer.hpp"

namespace mirage::dns {

/// Takes digits in pieces, as they stand between blanks, and writes octets.
class digit_reader {
 public:
  /// `bits` a digit: 4, 5 or 6.
  digit_reader(unsigned bits, bytes out) noexcept : bits_(bits), out_(out) {}
  /// False at what is no digit, at digits behind the padding, and where the octets do not fit.
  [[nodiscard]] bool take(std::string_view digits) noexcept;
  /// Whether what was taken is whole.
  [[nodiscard]] bool whole() const noexcept;
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  unsigned bits_;
  bytes out_;
  std::size_t size_ = 0;
  std::size_t digits_ = 0;
  unsigned padding_ = 0;
  unsigned gathered_ = 0;
  unsigned gathered_bits_ = 0;
};

void format_base16(text_writer& out, cbytes octets) noexcept;
void format_base32(text_writer& out, cbytes octets) noexcept;
void format_base64(text_writer& out, cbytes octets) noexcept;

}  // namespace mirage::dns
