// SPDX-License-Identifier: ISC
// What has to be asked of an interface for a frame that came from another one, whose sender left the checksum
// or the segmentation to somebody else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include <mirage/checksum.hpp>
#include <mirage/ethernet/wire.hpp>
#include <mirage/ipv4/wire.hpp>
#include <mirage/ipv6/wire.hpp>
#include <mirage/tcp/wire.hpp>
#include <mirage/udp/wire.hpp>
#include <mirage/v1.hpp>

/// What is to be asked, and what the checksum field holds meanwhile: the sum of the pseudo-header.
struct offload {
  mirage::v1::transmit how{};
  std::uint16_t pseudo_header = 0;
  std::size_t length = 0;  ///< of the frame without padding, which would be summed, too
};

namespace detail {

/// `start`: of TCP or UDP in the frame.
inline std::optional<offload> offload_of(mirage::cbytes frame, std::size_t start, std::uint8_t protocol,
                                         mirage::v1::transmit::cut tcp, std::uint16_t pseudo_header) {
  using mirage::v1::ip_protocol;
  using mirage::v1::transmit;
  transmit how{.checksum_start = static_cast<std::uint16_t>(start)};
  if (protocol == static_cast<std::uint8_t>(ip_protocol::tcp)) {
    const auto header = mirage::tcp_protocol::header_view::of(frame.subspan(start));
    if (!header) return std::nullopt;
    how.header = start + header->size();
    how.checksum_offset = mirage::tcp_protocol::checksum_offset;
    how.kind = tcp;
  } else if (protocol == static_cast<std::uint8_t>(ip_protocol::udp)) {
    if (frame.size() < start + mirage::udp_header::size) return std::nullopt;
    how.header = start + mirage::udp_header::size;
    how.checksum_offset = mirage::udp_header::checksum_offset;
    how.kind = transmit::cut::udp;
  } else {
    return std::nullopt;
  }
  return offload{.how = how, .pseudo_header = pseudo_header};
}

}  // namespace detail

/// Of a frame with TCP or UDP; nothing of another one, of a fragment, or with extension headers.
inline std::optional<offload> offload_of(mirage::cbytes frame, std::uint16_t segment) {
  using mirage::v1::transmit;
  const auto link = mirage::ethernet_header::of(frame);
  if (!link) return std::nullopt;
  const mirage::cbytes packet = frame.subspan(mirage::ethernet_header::size);
  std::optional<offload> found;
  std::size_t length = mirage::ethernet_header::size;
  if (link->type() == mirage::ethertype::ipv4) {
    const auto header = mirage::ipv4_header::of(packet);
    if (!header || header->is_fragment()) return std::nullopt;
    const auto is = header->fields();
    length += header->total_length();
    const auto payload = static_cast<std::uint32_t>(header->total_length() - header->header_size());
    found = detail::offload_of(
        frame, mirage::ethernet_header::size + header->header_size(), is.protocol, transmit::cut::tcp4,
        mirage::checksum::pseudo_header(is.source, is.destination, is.protocol, payload));
  } else if (link->type() == mirage::ethertype::ipv6) {
    const auto header = mirage::ipv6_header::of(packet);
    if (!header) return std::nullopt;
    const auto is = header->fields();
    length += header->total_length();
    const auto payload = static_cast<std::uint32_t>(header->total_length() - mirage::ipv6_header::size);
    found = detail::offload_of(
        frame, mirage::ethernet_header::size + mirage::ipv6_header::size, is.next_header, transmit::cut::tcp6,
        mirage::checksum::pseudo_header(is.source, is.destination, is.next_header, payload));
  }
  if (!found) return std::nullopt;
  found->length = length;
  found->how.segment = segment;
  if (segment == 0) found->how.kind = transmit::cut::none;
  return found;
}
