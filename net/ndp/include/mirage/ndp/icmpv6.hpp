// SPDX-License-Identifier: ISC
// The layout that all messages of ICMPv6 share: RFC 4443 §2.1, and the checksum of §2.3.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "mirage/checksum.hpp"
#include "mirage/core/address.hpp"
#include "mirage/core/bytes.hpp"
#include "mirage/core/endian.hpp"

namespace mirage {

enum class icmpv6_type : std::uint8_t {
  unreachable = 1,
  packet_too_big = 2,
  time_exceeded = 3,
  parameter_problem = 4,
  echo_request = 128,
  echo_reply = 129,
  group_query = 130,
  router_solicitation = 133,
  router_advertisement = 134,
  neighbour_solicitation = 135,
  neighbour_advertisement = 136,
  redirect = 137,
  group_report = 143
};

class icmpv6_header {
 public:
  /// With the four bytes that are different in each type.
  static constexpr std::size_t size = 8;
  static constexpr std::uint8_t next_header = 58;

  /// Nothing if the message is too short. The bytes must outlive the view.
  [[nodiscard]] static std::optional<icmpv6_header> of(cbytes message) noexcept {
    if (message.size() < size) return std::nullopt;
    return icmpv6_header(message.data());
  }
  [[nodiscard]] icmpv6_type type() const noexcept { return static_cast<icmpv6_type>(at_[0]); }
  [[nodiscard]] std::uint8_t code() const noexcept { return std::to_integer<std::uint8_t>(at_[1]); }
  [[nodiscard]] std::uint16_t checksum() const noexcept { return load_be16(at_ + 2); }
  /// The MTU of "packet too big", the pointer of "parameter problem".
  [[nodiscard]] std::uint32_t word() const noexcept { return load_be32(at_ + 4); }
  /// Of echo.
  [[nodiscard]] std::uint16_t identifier() const noexcept { return load_be16(at_ + 4); }
  [[nodiscard]] std::uint16_t sequence() const noexcept { return load_be16(at_ + 6); }

  /// `to` has room for it. The checksum is left zero.
  static void write(bytes to, icmpv6_type type, std::uint8_t code, std::uint32_t word) noexcept {
    std::byte* p = to.data();
    p[0] = static_cast<std::byte>(type);
    p[1] = std::byte{code};
    store_be16(p + 2, 0);
    store_be32(p + 4, word);
  }
  /// Fills in the checksum of a message that was written with 0 there.
  static void finish(bytes message, const ipv6_address& source, const ipv6_address& destination) noexcept {
    store_be16(message.data() + 2, checksum::finish(sum(message, source, destination)));
  }
  [[nodiscard]] static bool is_checksum_right(cbytes message, const ipv6_address& source,
                                              const ipv6_address& destination) noexcept {
    return sum(message, source, destination) == checksum::verified;
  }

 private:
  explicit icmpv6_header(const std::byte* at) noexcept : at_(at) {}
  static std::uint16_t sum(cbytes message, const ipv6_address& source,
                           const ipv6_address& destination) noexcept {
    return checksum::add(
        checksum::pseudo_header(source, destination, next_header, static_cast<std::uint32_t>(message.size())),
        checksum::sum_of(message));
  }
  const std::byte* at_;
};

}  // namespace mirage
