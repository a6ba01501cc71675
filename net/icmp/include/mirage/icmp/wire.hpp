// SPDX-License-Identifier: ISC
// The layout of an ICMP message: RFC 792, RFC 1191 §4.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "mirage/checksum.hpp"
#include "mirage/core/bytes.hpp"
#include "mirage/core/endian.hpp"

namespace mirage {

enum class icmp_type : std::uint8_t {
  echo_reply = 0,
  unreachable = 3,
  source_quench = 4,
  redirect = 5,
  echo_request = 8,
  time_exceeded = 11,
  parameter_problem = 12
};

class icmp_header {
 public:
  static constexpr std::size_t size = 8;

  /// Nothing if the message is too short. The bytes must outlive the view.
  [[nodiscard]] static std::optional<icmp_header> of(cbytes message) noexcept {
    if (message.size() < size) return std::nullopt;
    return icmp_header(message.data());
  }
  [[nodiscard]] icmp_type type() const noexcept { return static_cast<icmp_type>(at_[0]); }
  [[nodiscard]] std::uint8_t code() const noexcept { return std::to_integer<std::uint8_t>(at_[1]); }
  [[nodiscard]] std::uint16_t checksum() const noexcept { return load_be16(at_ + 2); }
  /// Of echo.
  [[nodiscard]] std::uint16_t identifier() const noexcept { return load_be16(at_ + 4); }
  [[nodiscard]] std::uint16_t sequence() const noexcept { return load_be16(at_ + 6); }
  /// Of "fragmentation needed".
  [[nodiscard]] std::uint16_t next_hop_mtu() const noexcept { return load_be16(at_ + 6); }

  /// `to` has room for it. The checksum is written as it is given.
  static void write(bytes to, icmp_type type, std::uint8_t code, std::uint16_t checksum,
                    std::uint16_t identifier, std::uint16_t sequence) noexcept {
    std::byte* p = to.data();
    p[0] = static_cast<std::byte>(type);
    p[1] = std::byte{code};
    store_be16(p + 2, checksum);
    store_be16(p + 4, identifier);
    store_be16(p + 6, sequence);
  }
  /// Fills in the checksum of a message that was written with 0 there.
  static void finish(bytes message) noexcept {
    store_be16(message.data() + 2, checksum::finish(checksum::sum_of(message)));
  }

 private:
  explicit icmp_header(const std::byte* at) noexcept : at_(at) {}
  const std::byte* at_;
};

}  // namespace mirage
