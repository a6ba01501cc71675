// SPDX-License-Identifier: ISC
// By what a server knows a client: option 61, RFC 2132 §9.14 with the hardware address, or RFC 4361 with an
// identifier of the node, which DHCPv6 uses as well.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "mirage/core/address.hpp"
#include "mirage/core/bytes.hpp"
#include "mirage/core/endian.hpp"

namespace mirage {

class dhcp_client_identifier {
 public:
  static constexpr std::size_t greatest_size =
      135;  ///< a type, an IAID and the longest DUID (RFC 8415 §11.1)

  /// None: the server takes the hardware address.
  constexpr dhcp_client_identifier() noexcept = default;
  [[nodiscard]] static dhcp_client_identifier of(mac_address mac) noexcept {
    dhcp_client_identifier made;
    made.bytes_[0] = std::byte{1};
    mac.store(&made.bytes_[1]);
    made.size_ = 1 + mac_address::size;
    return made;
  }
  /// RFC 4361 §6.1: `duid` is the node's, `interface` tells its interfaces apart. Nothing for a DUID of more
  /// than 130 bytes, or an empty one.
  [[nodiscard]] static std::optional<dhcp_client_identifier> of(std::uint32_t interface,
                                                                cbytes duid) noexcept {
    if (duid.empty() || duid.size() > greatest_size - 5) return std::nullopt;
    dhcp_client_identifier made;
    made.bytes_[0] = std::byte{255};
    store_be32(&made.bytes_[1], interface);
    std::ranges::copy(duid, &made.bytes_[5]);
    made.size_ = static_cast<std::uint8_t>(5 + duid.size());
    return made;
  }
  [[nodiscard]] cbytes view() const noexcept { return cbytes(bytes_).first(size_); }

 private:
  std::array<std::byte, greatest_size> bytes_{};
  std::uint8_t size_ = 0;
};

}  // namespace mirage
