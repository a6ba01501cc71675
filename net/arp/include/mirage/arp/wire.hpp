// SPDX-License-Identifier: ISC
// The layout of an ARP packet for IPv4 on Ethernet: RFC 826.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "mirage/core/address.hpp"
#include "mirage/core/bytes.hpp"
#include "mirage/core/endian.hpp"

namespace mirage {

enum class arp_operation : std::uint16_t { request = 1, reply = 2 };

class arp_packet {
 public:
  static constexpr std::size_t size = 28;

  /// Nothing for what is too short or for other kinds of addresses. What follows is padding. The bytes must
  /// outlive the view.
  [[nodiscard]] static std::optional<arp_packet> of(cbytes packet) noexcept {
    if (packet.size() < size || load_be64(packet.data()) >> 16 != kind) return std::nullopt;
    return arp_packet(packet.data());
  }
  [[nodiscard]] std::uint16_t operation() const noexcept { return load_be16(at_ + 6); }
  [[nodiscard]] mac_address sender_mac() const noexcept { return mac_address::load(at_ + 8); }
  [[nodiscard]] ipv4_address sender() const noexcept { return ipv4_address::load(at_ + 14); }
  [[nodiscard]] mac_address target_mac() const noexcept { return mac_address::load(at_ + 18); }
  [[nodiscard]] ipv4_address target() const noexcept { return ipv4_address::load(at_ + 24); }

  /// `to` has room for it.
  static void write(bytes to, arp_operation operation, mac_address sender_mac, ipv4_address sender,
                    mac_address target_mac, ipv4_address target) noexcept {
    std::byte* p = to.data();
    store_be64(p, kind << 16 | static_cast<std::uint16_t>(operation));
    sender_mac.store(p + 8);
    sender.store(p + 14);
    target_mac.store(p + 18);
    target.store(p + 24);
  }

 private:
  // Hardware type Ethernet, protocol IPv4, addresses of 6 and of 4 bytes.
  static constexpr std::uint64_t kind = 0x0001'0800'06'04;
  explicit arp_packet(const std::byte* at) noexcept : at_(at) {}
  const std::byte* at_;
};

}  // namespace mirage
