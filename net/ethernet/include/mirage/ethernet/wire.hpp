// SPDX-License-Identifier: ISC
// The layout of an Ethernet frame: IEEE 802.3 §3.1, RFC 894; the tag of IEEE 802.1Q §9.6. A view is made only
// of bytes that are there, so what it reads is in bounds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "mirage/core/bytes.hpp"
#include "mirage/core/endian.hpp"
#include "mirage/core/mac_address.hpp"

namespace mirage {

/// What a frame carries. Values below 0x0600 are lengths of IEEE 802.2 frames, which nothing here speaks.
namespace ethertype {
inline constexpr std::uint16_t ipv4 = 0x0800;
inline constexpr std::uint16_t arp = 0x0806;
inline constexpr std::uint16_t vlan = 0x8100;
inline constexpr std::uint16_t ipv6 = 0x86dd;
}  // namespace ethertype

class ethernet_header {
 public:
  static constexpr std::size_t size = 14;

  /// Nothing if the frame is too short. The bytes must outlive the view.
  [[nodiscard]] static std::optional<ethernet_header> of(cbytes frame) noexcept {
    if (frame.size() < size) return std::nullopt;
    return ethernet_header(frame.data());
  }
  [[nodiscard]] mac_address destination() const noexcept { return mac_address::load(at_); }
  [[nodiscard]] mac_address source() const noexcept { return mac_address::load(at_ + 6); }
  [[nodiscard]] std::uint16_t type() const noexcept { return load_be16(at_ + 12); }

  /// `to` has room for it.
  static void write(bytes to, mac_address destination, mac_address source, std::uint16_t type) noexcept {
    destination.store(to.data());
    source.store(to.data() + 6);
    store_be16(to.data() + 12, type);
  }

 private:
  explicit ethernet_header(const std::byte* at) noexcept : at_(at) {}
  const std::byte* at_;
};

/// What stands behind a header of type `ethertype::vlan`.
class vlan_tag {
 public:
  static constexpr std::size_t size = 4;
  static constexpr std::uint16_t greatest_id = 4094;

  [[nodiscard]] static std::optional<vlan_tag> of(cbytes behind_header) noexcept {
    if (behind_header.size() < size) return std::nullopt;
    return vlan_tag(behind_header.data());
  }
  /// 0: only a priority, no VLAN.
  [[nodiscard]] std::uint16_t id() const noexcept { return load_be16(at_) & 0x0fff; }
  [[nodiscard]] std::uint16_t type() const noexcept { return load_be16(at_ + 2); }

  static void write(bytes to, std::uint16_t id, std::uint16_t type) noexcept {
    store_be16(to.data(), id);
    store_be16(to.data() + 2, type);
  }

 private:
  explicit vlan_tag(const std::byte* at) noexcept : at_(at) {}
  const std::byte* at_;
};

}  // namespace mirage
