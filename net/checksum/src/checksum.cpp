// SPDX-License-Identifier: ISC
#include "mirage/checksum.hpp"

#include <bit>
#include <cstring>

namespace mirage::checksum {

namespace {

template <class Word>
[[nodiscard]] Word load_native(const std::byte* from) noexcept {
  Word word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

// The sum does not depend on the byte order but for a swap of its result (RFC 1071 §2.B), nor on the width of
// the words. Four bytes at a time into eight cannot overflow before 16 GiB, needs no carry, and so is a loop
// that the compiler turns into vector additions.
[[nodiscard]] std::uint64_t wide_sum(const std::byte* data, std::size_t size) noexcept {
  std::uint64_t total = 0;
  const std::size_t words = size / 4;
  for (std::size_t i = 0; i < words; ++i) total += load_native<std::uint32_t>(data + 4 * i);
  const std::size_t rest = size % 4;
  if (rest == 0) return total;
  std::uint32_t last = 0;
  std::memcpy(&last, data + 4 * words, rest);
  return total + last;
}

[[nodiscard]] constexpr std::uint16_t from_native(std::uint16_t sum) noexcept {
  return std::endian::native == std::endian::little ? std::byteswap(sum) : sum;
}

[[nodiscard]] constexpr std::uint64_t halves(std::uint64_t word) noexcept {
  return (word & 0xffffffff) + (word >> 32);
}

}  // namespace

std::uint16_t sum_of(cbytes data) noexcept { return from_native(fold(wide_sum(data.data(), data.size()))); }

std::uint16_t sum_of(cbytes first, const buffer_list& rest) noexcept {
  running_sum all;
  all.append(first);
  for (const buffer& each : rest) all.append(each.view());
  return all.sum();
}

void running_sum::append(cbytes data) noexcept {
  const std::uint16_t part = sum_of(data);
  // A part that begins in the middle of a word has its bytes in the other halves (RFC 1071 §2.B).
  sum_ = add(sum_, odd_ ? std::byteswap(part) : part);
  odd_ = odd_ != (data.size() % 2 != 0);
}

std::uint16_t pseudo_header(ipv4_address source, ipv4_address destination, std::uint8_t protocol,
                            std::uint32_t length) noexcept {
  return fold(std::uint64_t{source.value()} + destination.value() + protocol + length);
}

std::uint16_t pseudo_header(const ipv6_address& source, const ipv6_address& destination,
                            std::uint8_t next_header, std::uint32_t length) noexcept {
  return fold(halves(source.high()) + halves(source.low()) + halves(destination.high()) +
              halves(destination.low()) + next_header + length);
}

}  // namespace mirage::checksum
