// SPDX-License-Identifier: ISC
// Cutting a datagram: RFC 791 §3.2.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/core/address.hpp"
#include "mirage/core/buffer.hpp"
#include "mirage/core/buffer_list.hpp"
#include "mirage/ipv4/wire.hpp"
#include "mirage/v1.hpp"

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

/// Appends the slices to the first `filled` bytes and makes the packet as long as that.
void join_payload(buffer& packet, std::size_t filled, const buffer_list& slices) noexcept;

/// Does what `how` asks of a device, because none can: fills in the checksum of TCP or UDP before the cut.
void finish_checksum(buffer& payload, std::uint8_t protocol, const v1::transmit& how) noexcept;

/// RFC 1112 §6.4: the lower 23 bits of the group.
[[nodiscard]] constexpr mac_address multicast_station(ipv4_address group) noexcept {
  return mac_address(
      {0x01, 0x00, 0x5e, static_cast<std::uint8_t>(group.octet(1) & 0x7f), group.octet(2), group.octet(3)});
}

}  // namespace mirage
