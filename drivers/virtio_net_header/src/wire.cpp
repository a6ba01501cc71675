// SPDX-License-Identifier: ISC
#include "mirage/virtio_net_header/wire.hpp"

#include "mirage/core/endian.hpp"
#include "mirage/core/panic.hpp"

namespace mirage {

namespace {

using header = virtio_net_header;

std::uint8_t segmentation_of(v1::transmit::cut kind) noexcept {
  switch (kind) {
    case v1::transmit::cut::tcp4: return header::tcp4;
    case v1::transmit::cut::tcp6: return header::tcp6;
    case v1::transmit::cut::udp: return header::udp;
    default: return header::none;
  }
}

}  // namespace

void store(const virtio_net_header& from, bytes to) noexcept {
  require(to.size() >= header::size, "no room for a virtio-net header");
  std::byte* const at = to.data();
  at[0] = std::byte{from.flags};
  at[1] = std::byte{from.segmented};
  store_le16(at + 2, from.header_length);
  store_le16(at + 4, from.segment);
  store_le16(at + 6, from.checksum_start);
  store_le16(at + 8, from.checksum_offset);
}

virtio_net_header load_virtio_net_header(cbytes from) noexcept {
  require(from.size() >= header::size, "no whole virtio-net header");
  const std::byte* const at = from.data();
  return {.flags = std::to_integer<std::uint8_t>(at[0]),
          .segmented = std::to_integer<std::uint8_t>(at[1]),
          .header_length = load_le16(at + 2),
          .segment = load_le16(at + 4),
          .checksum_start = load_le16(at + 6),
          .checksum_offset = load_le16(at + 8)};
}

virtio_net_header header_of(const v1::transmit& how, std::size_t filled) noexcept {
  header made;
  if (how.checksum_offset != 0) {
    made.flags = header::needs_checksum;
    made.checksum_start = how.checksum_start;
    made.checksum_offset = how.checksum_offset;
  }
  if (how.segment != 0) {
    made.segmented = segmentation_of(how.kind);
    made.segment = how.segment;
    made.header_length = static_cast<std::uint16_t>(filled);
  }
  return made;
}

std::optional<v1::received> received_of(const virtio_net_header& from, std::size_t frame) noexcept {
  v1::received known;
  if ((from.flags & header::needs_checksum) != 0) {
    // The checksum is not there yet, because the frame never was on a wire.
    if (std::size_t{from.checksum_start} + from.checksum_offset + 2 > frame) return std::nullopt;
    known.checksum_verified = true;
  } else if ((from.flags & header::data_valid) != 0) {
    known.checksum_verified = true;
  }
  switch (from.segmented & ~header::ecn) {
    case header::none: return known;
    case header::tcp4:
    case header::tcp6:
    case header::udp: break;
    default: return std::nullopt;
  }
  if (from.segment == 0) return std::nullopt;
  known.segment = from.segment;
  return known;
}

}  // namespace mirage
