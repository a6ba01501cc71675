// SPDX-License-Identifier: ISC
// The layout of an IPv6 header and of the fragment header: RFC 8200 §3 and §4.5.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "mirage/core/address.hpp"
#include "mirage/core/bytes.hpp"
#include "mirage/core/endian.hpp"

namespace mirage {

/// Numbers of headers that are not an upper layer's.
namespace ipv6_next_header {
inline constexpr std::uint8_t hop_by_hop = 0;
inline constexpr std::uint8_t routing = 43;
inline constexpr std::uint8_t fragment = 44;
inline constexpr std::uint8_t nothing = 59;
inline constexpr std::uint8_t destination_options = 60;
}  // namespace ipv6_next_header

struct ipv6_fields {
  ipv6_address source{};
  ipv6_address destination{};
  std::uint8_t next_header = 0;
  std::uint8_t hop_limit = 0;
  std::uint8_t traffic_class = 0;
  std::uint32_t flow_label = 0;  ///< 20 bits
  std::uint16_t payload_length = 0;
};

class ipv6_header {
 public:
  static constexpr std::size_t size = 40;
  static constexpr std::size_t greatest_payload = 65535;

  /// Nothing if it is not version 6, or if its payload is longer than the bytes. What follows the packet is
  /// padding. The bytes must outlive the view.
  [[nodiscard]] static std::optional<ipv6_header> of(cbytes packet) noexcept {
    if (packet.size() < size || std::to_integer<unsigned>(packet[0]) >> 4 != 6) return std::nullopt;
    const ipv6_header view(packet.data());
    if (view.total_length() > packet.size()) return std::nullopt;
    return view;
  }

  [[nodiscard]] std::size_t total_length() const noexcept { return size + load_be16(at_ + 4); }
  [[nodiscard]] ipv6_fields fields() const noexcept { return read(at_); }

  /// Of a header that stands in another message: 40 bytes are there, and nothing is checked.
  [[nodiscard]] static ipv6_fields read(const std::byte* at) noexcept {
    const std::uint32_t first = load_be32(at);
    return {.source = ipv6_address::load(at + 8),
            .destination = ipv6_address::load(at + 24),
            .next_header = std::to_integer<std::uint8_t>(at[6]),
            .hop_limit = std::to_integer<std::uint8_t>(at[7]),
            .traffic_class = static_cast<std::uint8_t>(first >> 20 & 0xff),
            .flow_label = first & 0xf'ffff,
            .payload_length = load_be16(at + 4)};
  }
  /// `to` has room for it.
  static void write(bytes to, const ipv6_fields& what) noexcept {
    std::byte* p = to.data();
    store_be32(
        p, std::uint32_t{6} << 28 | std::uint32_t{what.traffic_class} << 20 | (what.flow_label & 0xf'ffff));
    store_be16(p + 4, what.payload_length);
    p[6] = std::byte{what.next_header};
    p[7] = std::byte{what.hop_limit};
    what.source.store(p + 8);
    what.destination.store(p + 24);
  }

 private:
  explicit ipv6_header(const std::byte* at) noexcept : at_(at) {}
  const std::byte* at_;
};

struct fragment_fields {
  std::uint8_t next_header = 0;
  std::uint16_t offset = 0;  ///< bytes, a multiple of 8
  bool more = false;
  std::uint32_t identification = 0;

  static constexpr std::size_t size = 8;
  /// Neither is anything before it, nor behind (RFC 6946).
  [[nodiscard]] bool is_atomic() const noexcept { return offset == 0 && !more; }

  /// 8 bytes are there.
  [[nodiscard]] static fragment_fields read(const std::byte* at) noexcept {
    const std::uint16_t place = load_be16(at + 2);
    return {.next_header = std::to_integer<std::uint8_t>(at[0]),
            .offset = static_cast<std::uint16_t>(place & 0xfff8),
            .more = (place & 1) != 0,
            .identification = load_be32(at + 4)};
  }
  void write(bytes to) const noexcept {
    std::byte* p = to.data();
    p[0] = std::byte{next_header};
    p[1] = std::byte{0};
    store_be16(p + 2, static_cast<std::uint16_t>(offset | (more ? 1 : 0)));
    store_be32(p + 4, identification);
  }
};

}  // namespace mirage
