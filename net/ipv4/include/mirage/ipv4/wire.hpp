// SPDX-License-Identifier: ISC
// The layout of an IPv4 header: RFC 791 §3.1; the bits of the type of service as RFC 2474 and RFC 3168 have
// them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "mirage/checksum.hpp"
#include "mirage/core/address.hpp"
#include "mirage/core/bytes.hpp"
#include "mirage/core/endian.hpp"

namespace mirage {

/// What a header says, without its options.
struct ipv4_fields {
  ipv4_address source{};
  ipv4_address destination{};
  std::uint8_t protocol = 0;
  std::uint8_t ttl = 0;
  std::uint8_t traffic_class = 0;
  std::uint16_t total_length = 0;
  std::uint16_t identification = 0;
  std::uint16_t fragment_offset = 0;  ///< in bytes, a multiple of 8
  bool dont_fragment = false;
  bool more_fragments = false;
};

class ipv4_header {
 public:
  static constexpr std::size_t size = 20;           ///< without options
  static constexpr std::size_t greatest_size = 60;  ///< with all that there is room for
  static constexpr std::size_t greatest_packet = 65535;

  /// Nothing if it is not version 4, or if the lengths in it are less than the header or more than the bytes.
  /// What follows the packet is padding. The bytes must outlive the view.
  [[nodiscard]] static std::optional<ipv4_header> of(cbytes packet) noexcept {
    if (packet.size() < size) return std::nullopt;
    const ipv4_header view(packet.data());
    if (view.version() != 4 || view.header_size() < size || view.header_size() > view.total_length() ||
        view.total_length() > packet.size())
      return std::nullopt;
    return view;
  }

  [[nodiscard]] std::size_t header_size() const noexcept {
    return 4 * (std::to_integer<std::size_t>(at_[0]) & 15);
  }
  [[nodiscard]] std::uint16_t total_length() const noexcept { return load_be16(at_ + 2); }
  [[nodiscard]] cbytes header() const noexcept { return {at_, header_size()}; }
  [[nodiscard]] cbytes options() const noexcept { return header().subspan(size); }
  [[nodiscard]] bool is_checksum_right() const noexcept {
    return checksum::sum_of(header()) == checksum::verified;
  }
  [[nodiscard]] bool is_fragment() const noexcept { return (load_be16(at_ + 6) & 0x3fff) != 0; }
  [[nodiscard]] ipv4_fields fields() const noexcept { return read(at_); }

  /// Of a header that stands in another message, cut off behind it maybe: 20 bytes are there, and nothing is
  /// checked.
  [[nodiscard]] static ipv4_fields read(const std::byte* at) noexcept {
    const std::uint16_t flags = load_be16(at + 6);
    return {.source = ipv4_address::load(at + 12),
            .destination = ipv4_address::load(at + 16),
            .protocol = std::to_integer<std::uint8_t>(at[9]),
            .ttl = std::to_integer<std::uint8_t>(at[8]),
            .traffic_class = std::to_integer<std::uint8_t>(at[1]),
            .total_length = load_be16(at + 2),
            .identification = load_be16(at + 4),
            .fragment_offset = static_cast<std::uint16_t>((flags & 0x1fff) << 3),
            .dont_fragment = (flags & dont_fragment) != 0,
            .more_fragments = (flags & more_fragments) != 0};
  }

  /// Without options, with the checksum. `to` has room for it.
  static void write(bytes to, const ipv4_fields& what) noexcept {
    std::byte* p = to.data();
    p[0] = std::byte{0x45};
    p[1] = std::byte{what.traffic_class};
    store_be16(p + 2, what.total_length);
    store_be16(p + 4, what.identification);
    store_be16(p + 6, static_cast<std::uint16_t>(what.fragment_offset >> 3 |
                                                 (what.dont_fragment ? dont_fragment : 0) |
                                                 (what.more_fragments ? more_fragments : 0)));
    p[8] = std::byte{what.ttl};
    p[9] = std::byte{what.protocol};
    store_be16(p + 10, 0);
    what.source.store(p + 12);
    what.destination.store(p + 16);
    store_be16(p + 10, checksum::finish(checksum::sum_of({p, size})));
  }

 private:
  static constexpr unsigned dont_fragment = 0x4000;
  static constexpr unsigned more_fragments = 0x2000;
  explicit ipv4_header(const std::byte* at) noexcept : at_(at) {}
  [[nodiscard]] unsigned version() const noexcept { return std::to_integer<unsigned>(at_[0]) >> 4; }
  const std::byte* at_;
};

}  // namespace mirage
