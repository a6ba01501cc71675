// SPDX-License-Identifier: ISC
// Ethernet framing, the least that meets `v1::ethernet` (IEEE 802.3, RFC 894). No VLAN tags.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "mirage/core/counters.hpp"
#include "mirage/core/endian.hpp"
#include "mirage/v1.hpp"

namespace mirage::memory {

/// `v1::ethernet` over any network.
template <v1::network Network>
class ethernet {
 public:
  explicit ethernet(Network& network, std::string_view name = "memory_ethernet") noexcept
      : name_(name), network_(network) {}
  ethernet(const ethernet&) = delete;
  ethernet& operator=(const ethernet&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] mac_address mac() const noexcept { return network_.mac(); }
  [[nodiscard]] v1::capabilities capabilities() const noexcept { return network_.capabilities(); }

  template <v1::fill Fill>
  result<void, v1::net_error> write(mac_address to, std::uint16_t type, const v1::transmit& how, Fill fill,
                                    buffer_list slices) {
    v1::transmit below = how;
    below.header += header_size;
    if (below.checksum_offset != 0) below.checksum_start += header_size;
    const mac_address from = mac();
    auto framed = [&](bytes frame) {
      to.store(frame.data());
      from.store(frame.data() + mac_address::size);
      store_be16(frame.data() + 2 * mac_address::size, type);
      return header_size + fill(frame.subspan(header_size));
    };
    return network_.write(below, framed, std::move(slices));
  }

  template <class Up>
  void input(buffer&& frame, const v1::received& how, Up& up) {
    if (frame.size() < header_size) return drop();
    const mac_address to = mac_address::load(frame.data());
    const std::uint16_t type = load_be16(frame.data() + 2 * mac_address::size);
    if (to != mac() && !to.is_multicast()) return drop();
    v1::received known = how;
    known.group = known.group || to.is_multicast();
    frame.drop_front(header_size);
    switch (type) {
      case 0x0806: return up.arp(std::move(frame), known);
      case 0x0800: return up.ipv4(std::move(frame), known);
      case 0x86dd: return up.ipv6(std::move(frame), known);
      default: return drop();
    }
  }

 private:
  static constexpr std::uint16_t header_size = 14;
  void drop() noexcept { ++dropped_; }

  std::string_view name_;
  Network& network_;
  counter dropped_{
      "ethernet_dropped_total", {{"device", name_}}, "Frames that are not for us or of no known type"};
};

}  // namespace mirage::memory
