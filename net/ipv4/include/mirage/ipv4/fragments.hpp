// SPDX-License-Identifier: ISC
// Cutting a datagram: RFC 791 §3.2.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/core/address.hpp"
#include "mirage/ip/reassembly.hpp"
#include "mirage/ipv4/wire.hpp"

namespace mirage {

/// Where `size` bytes of payload are cut for links of `mtu`, at least 28.
class fragment_plan {
 public:
  fragment_plan(std::size_t size, std::uint32_t mtu) noexcept
      : size_(size), each_((mtu - ipv4_header::size) / 8 * 8) {}
  [[nodiscard]] std::size_t count() const noexcept { return size_ == 0 ? 1 : (size_ + each_ - 1) / each_; }
  [[nodiscard]] std::size_t length(std::size_t number) const noexcept {
    return number + 1 == count() ? size_ - number * each_ : each_;
  }
  /// The header of the datagram made into that of a fragment.
  [[nodiscard]] ipv4_fields fields(std::size_t number, ipv4_fields of) const noexcept {
    of.fragment_offset = static_cast<std::uint16_t>(number * each_);
    of.more_fragments = number + 1 != count();
    return of;
  }

 private:
  std::size_t size_;
  std::size_t each_;
};

/// Where a fragment with those fields, in a header of that many bytes, belongs.
[[nodiscard]] inline fragment_place fragment_place_of(const ipv4_fields& fields,
                                                      std::size_t header) noexcept {
  return {.of = {fields.source, fields.destination, fields.identification, fields.protocol},
          .offset = fields.fragment_offset,
          .more = fields.more_fragments,
          .traffic_class = fields.traffic_class,
          .greatest_end = ipv4_header::greatest_packet - header};
}
/// Those of the datagram, by its first fragment; of its addresses only, where that is missing.
[[nodiscard]] inline ipv4_fields whole_fields(const reassembled& from) noexcept {
  if (from.header == 0)
    return {.source = from.key.source.v4(),
            .destination = from.key.destination.v4(),
            .protocol = from.key.protocol};
  ipv4_fields fields = ipv4_header::read(from.header_bytes().data());
  fields.more_fragments = false;
  if (from.congestion) fields.traffic_class |= 3;
  return fields;
}

/// RFC 1112 §6.4: the lower 23 bits of the group.
[[nodiscard]] constexpr mac_address multicast_station(ipv4_address group) noexcept {
  return mac_address(
      {0x01, 0x00, 0x5e, static_cast<std::uint8_t>(group.octet(1) & 0x7f), group.octet(2), group.octet(3)});
}

}  // namespace mirage
