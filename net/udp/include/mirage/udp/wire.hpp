// SPDX-License-Identifier: ISC
// The layout of a UDP header: RFC 768.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "mirage/core/bytes.hpp"
#include "mirage/core/endian.hpp"

namespace mirage {

class udp_header {
 public:
  static constexpr std::size_t size = 8;
  static constexpr std::uint16_t checksum_offset = 6;

  /// Nothing if the length in it is less than the header or more than the bytes. What follows is padding. The
  /// bytes must outlive the view.
  [[nodiscard]] static std::optional<udp_header> of(cbytes datagram) noexcept {
    if (datagram.size() < size) return std::nullopt;
    const udp_header view(datagram.data());
    if (view.length() < size || view.length() > datagram.size()) return std::nullopt;
    return view;
  }
  [[nodiscard]] std::uint16_t source() const noexcept { return load_be16(at_); }
  [[nodiscard]] std::uint16_t destination() const noexcept { return load_be16(at_ + 2); }
  [[nodiscard]] std::uint16_t length() const noexcept { return load_be16(at_ + 4); }
  /// 0: none.
  [[nodiscard]] std::uint16_t checksum() const noexcept { return load_be16(at_ + checksum_offset); }

  /// `to` has room for it.
  static void write(bytes to, std::uint16_t source, std::uint16_t destination, std::uint16_t length,
                    std::uint16_t checksum) noexcept {
    std::byte* p = to.data();
    store_be16(p, source);
    store_be16(p + 2, destination);
    store_be16(p + 4, length);
    store_be16(p + checksum_offset, checksum);
  }

 private:
  explicit udp_header(const std::byte* at) noexcept : at_(at) {}
  const std::byte* at_;
};

}  // namespace mirage
