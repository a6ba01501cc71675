// SPDX-License-Identifier: ISC
#include "base_text.hpp"

#include "ascii.hpp"

namespace mirage::dns {

namespace {

constexpr std::string_view digits16 = "0123456789abcdef";
constexpr std::string_view digits32 = "0123456789abcdefghijklmnopqrstuv";
constexpr std::string_view digits64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int value_of(unsigned bits, char digit) noexcept {
  if (bits == 6) {
    const std::size_t at = digits64.find(digit);
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
  }
  const std::size_t at = (bits == 4 ? digits16 : digits32).find(to_lower(digit));
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

void format_digits(text_writer& out, cbytes octets, unsigned bits, std::string_view digits) noexcept {
  unsigned gathered = 0;
  unsigned have = 0;
  for (const std::byte octet : octets) {
    gathered = gathered << 8 | static_cast<unsigned>(octet);
    for (have += 8; have >= bits; have -= bits)
      out.append(digits[(gathered >> (have - bits)) & ((1u << bits) - 1)]);
    gathered &= (1u << have) - 1;
  }
  if (have > 0) out.append(digits[(gathered << (bits - have)) & ((1u << bits) - 1)]);
}

}  // namespace

bool digit_reader::take(std::string_view digits) noexcept {
  for (const char digit : digits) {
    if (digit == '=' && bits_ == 6) {
      if (++padding_ > 2) return false;
      continue;
    }
    const int value = value_of(bits_, digit);
    if (value < 0 || padding_ > 0) return false;
    gathered_ = gathered_ << bits_ | static_cast<unsigned>(value);
    gathered_bits_ += bits_;
    ++digits_;
    if (gathered_bits_ < 8) continue;
    gathered_bits_ -= 8;
    if (size_ == out_.size()) return false;
    out_[size_++] = static_cast<std::byte>(gathered_ >> gathered_bits_);
    gathered_ &= (1u << gathered_bits_) - 1;
  }
  return true;
}

bool digit_reader::whole() const noexcept {
  if (gathered_ != 0) return false;
  if (bits_ == 6) return gathered_bits_ < 6 && (digits_ + padding_) % 4 == 0;
  return gathered_bits_ < bits_;
}

void format_base16(text_writer& out, cbytes octets) noexcept { format_digits(out, octets, 4, digits16); }
void format_base32(text_writer& out, cbytes octets) noexcept { format_digits(out, octets, 5, digits32); }

void format_base64(text_writer& out, cbytes octets) noexcept {
  format_digits(out, octets, 6, digits64);
  if (octets.size() % 3 != 0) out.append(3 - octets.size() % 3, '=');
}

}  // namespace mirage::dns
