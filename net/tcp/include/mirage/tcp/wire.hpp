// SPDX-License-Identifier: ISC
// The layout of a segment: RFC 9293 §3.1, with the flags of RFC 3168. `header_view` is a checked view: what
// it answers lies inside of the bytes that it was made from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "mirage/core/bytes.hpp"
#include "mirage/core/endian.hpp"
#include "mirage/tcp/sequence.hpp"

namespace mirage::tcp_protocol {

namespace flag {
inline constexpr std::uint8_t fin = 0x01;
inline constexpr std::uint8_t syn = 0x02;
inline constexpr std::uint8_t rst = 0x04;
inline constexpr std::uint8_t psh = 0x08;
inline constexpr std::uint8_t ack = 0x10;
inline constexpr std::uint8_t urg = 0x20;
inline constexpr std::uint8_t ece = 0x40;
inline constexpr std::uint8_t cwr = 0x80;
}  // namespace flag

inline constexpr std::size_t header_size = 20;
inline constexpr std::size_t longest_header = 60;
inline constexpr std::size_t checksum_offset = 16;

class header_view {
 public:
  /// Nothing where the segment is shorter than its header says, or the header than it may be.
  [[nodiscard]] static std::optional<header_view> of(cbytes segment) noexcept {
    if (segment.size() < header_size) return std::nullopt;
    const std::size_t size = static_cast<std::size_t>(std::to_integer<unsigned>(segment[12]) >> 4) * 4;
    if (size < header_size || size > segment.size()) return std::nullopt;
    return header_view(segment, size);
  }

  [[nodiscard]] std::uint16_t source() const noexcept { return load_be16(at(0)); }
  [[nodiscard]] std::uint16_t destination() const noexcept { return load_be16(at(2)); }
  [[nodiscard]] sequence seq() const noexcept { return sequence(load_be32(at(4))); }
  [[nodiscard]] sequence ack() const noexcept { return sequence(load_be32(at(8))); }
  /// The eight that have a meaning; the reserved bits are not looked at.
  [[nodiscard]] std::uint8_t flags() const noexcept { return std::to_integer<std::uint8_t>(*at(13)); }
  [[nodiscard]] std::uint16_t window() const noexcept { return load_be16(at(14)); }
  [[nodiscard]] std::uint16_t checksum() const noexcept { return load_be16(at(checksum_offset)); }
  [[nodiscard]] std::uint16_t urgent() const noexcept { return load_be16(at(18)); }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] cbytes options() const noexcept { return segment_.subspan(header_size, size_ - header_size); }
  [[nodiscard]] cbytes payload() const noexcept { return segment_.subspan(size_); }

 private:
  header_view(cbytes segment, std::size_t size) noexcept : segment_(segment), size_(size) {}
  [[nodiscard]] const std::byte* at(std::size_t offset) const noexcept { return segment_.data() + offset; }
  cbytes segment_;
  std::size_t size_;
};

/// What is written before the options.
struct header_fields {
  std::uint16_t source = 0;
  std::uint16_t destination = 0;
  sequence seq{};
  sequence ack{};
  std::uint8_t flags = 0;
  std::uint16_t window = 0;
};

/// `size` is that of the whole header, a multiple of four up to 60. Checksum and urgent pointer become zero.
inline void store_header(bytes to, const header_fields& from, std::size_t size) noexcept {
  std::byte* p = to.data();
  store_be16(p, from.source);
  store_be16(p + 2, from.destination);
  store_be32(p + 4, from.seq.value());
  store_be32(p + 8, from.ack.value());
  p[12] = static_cast<std::byte>(size / 4 << 4);
  p[13] = static_cast<std::byte>(from.flags);
  store_be16(p + 14, from.window);
  store_be32(p + 16, 0);
}

}  // namespace mirage::tcp_protocol
