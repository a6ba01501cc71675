// SPDX-License-Identifier: ISC
// The Internet checksum: RFC 1071, RFC 1624 §3; pseudo-headers of RFC 9293 §3.1 and RFC 8200 §8.1.
//
// A sum is the one's complement sum of 16-bit words in network order, folded to 16 bits and not inverted, as
// a number of the host. Sums of parts are joined with `add`. A checksum is an inverted sum: what `finish`
// gives and `store_be16` puts into the field. Data that holds its right checksum has the sum 0xffff.
//
//   sum = add(pseudo_header(source, destination, 17, size), sum_of(datagram));
//   store_be16(field, finish(sum));
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/core/buffer_list.hpp"
#include "mirage/core/bytes.hpp"
#include "mirage/core/ip_address.hpp"

namespace mirage::checksum {

/// Of data that holds its own right checksum.
inline constexpr std::uint16_t verified = 0xffff;

/// Any number of words, added up, to 16 bits with the carries added in. Not zero unless all of them were.
[[nodiscard]] constexpr std::uint16_t fold(std::uint64_t wide) noexcept {
  wide = (wide & 0xffffffff) + (wide >> 32);
  wide = (wide & 0xffff) + (wide >> 16 & 0xffff) + (wide >> 32);
  wide = (wide & 0xffff) + (wide >> 16);
  return static_cast<std::uint16_t>((wide & 0xffff) + (wide >> 16));
}

/// The sum of two parts, each an even number of bytes but for the last.
[[nodiscard]] constexpr std::uint16_t add(std::uint16_t one, std::uint16_t other) noexcept {
  const std::uint32_t wide = std::uint32_t{one} + other;
  return static_cast<std::uint16_t>((wide & 0xffff) + (wide >> 16));
}

/// The checksum that makes a sum right.
[[nodiscard]] constexpr std::uint16_t finish(std::uint16_t sum) noexcept {
  return static_cast<std::uint16_t>(~sum);
}

/// As UDP writes it, where a field of zero would say that there is none (RFC 768).
[[nodiscard]] constexpr std::uint16_t finish_not_zero(std::uint16_t sum) noexcept {
  return sum == 0xffff ? sum : finish(sum);
}

/// An odd last byte counts as if a zero followed it. At any alignment; up to 4 GiB.
[[nodiscard]] std::uint16_t sum_of(cbytes data) noexcept;
/// Of one message in parts: those of an odd length are joined as if there were no seam.
[[nodiscard]] std::uint16_t sum_of(cbytes first, const buffer_list& rest) noexcept;

/// `length` of the upper layer's packet, its header included.
[[nodiscard]] std::uint16_t pseudo_header(ipv4_address source, ipv4_address destination,
                                          std::uint8_t protocol, std::uint32_t length) noexcept;
[[nodiscard]] std::uint16_t pseudo_header(const ipv6_address& source, const ipv6_address& destination,
                                          std::uint8_t next_header, std::uint32_t length) noexcept;

/// A checksum after the word `before` in its data became `after`: RFC 1624 §3, equation 3. UDP: a field of
/// zero stays zero, which the caller sees to.
[[nodiscard]] constexpr std::uint16_t update(std::uint16_t checksum, std::uint16_t before,
                                             std::uint16_t after) noexcept {
  return finish(add(add(finish(checksum), finish(before)), after));
}
/// The same for two words, such as an IPv4 address. They must begin at an even offset.
[[nodiscard]] constexpr std::uint16_t update(std::uint16_t checksum, std::uint32_t before,
                                             std::uint32_t after) noexcept {
  const auto high = [](std::uint32_t word) { return static_cast<std::uint16_t>(word >> 16); };
  const auto low = [](std::uint32_t word) { return static_cast<std::uint16_t>(word); };
  return update(update(checksum, high(before), high(after)), low(before), low(after));
}

/// Adds up a message as it is put together. The order of the calls is the order of the bytes.
class running_sum {
 public:
  constexpr explicit running_sum(std::uint16_t begin = 0) noexcept : sum_(begin) {}
  void append(cbytes data) noexcept;
  [[nodiscard]] constexpr std::uint16_t sum() const noexcept { return sum_; }

 private:
  std::uint16_t sum_;
  bool odd_ = false;  // what follows is the second byte of a word
};

}  // namespace mirage::checksum
