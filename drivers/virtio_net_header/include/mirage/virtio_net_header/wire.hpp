// SPDX-License-Identifier: ISC
// struct virtio_net_hdr, virtio 1.2 §5.1.6, without `num_buffers`. Its fields are little-endian.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "mirage/core/bytes.hpp"
#include "mirage/v1.hpp"

namespace mirage {

struct virtio_net_header {
  enum flag : std::uint8_t { needs_checksum = 1, data_valid = 2 };
  enum segmentation : std::uint8_t { none = 0, tcp4 = 1, udp_fragments = 3, tcp6 = 4, udp = 5, ecn = 0x80 };
  static constexpr std::size_t size = 10;

  std::uint8_t flags = 0;
  std::uint8_t segmented = none;
  std::uint16_t header_length = 0;  ///< of Ethernet, IP and TCP or UDP together
  std::uint16_t segment = 0;        ///< payload bytes in each
  std::uint16_t checksum_start = 0;
  std::uint16_t checksum_offset = 0;

  bool operator==(const virtio_net_header&) const = default;
};

/// `to` has room for `virtio_net_header::size` bytes.
void store(const virtio_net_header& from, bytes to) noexcept;
[[nodiscard]] virtio_net_header load_virtio_net_header(cbytes from) noexcept;

/// What a sender wants, whose `fill` wrote `filled` bytes of headers. Offsets count from the frame's first
/// byte.
[[nodiscard]] virtio_net_header header_of(const v1::transmit& how, std::size_t filled) noexcept;

/// What is known of a received frame of that size; nothing when the header contradicts it, or tells of a
/// segmentation that nobody has asked the device for.
[[nodiscard]] std::optional<v1::received> received_of(const virtio_net_header& header,
                                                      std::size_t frame) noexcept;

}  // namespace mirage
