// SPDX-License-Identifier: ISC
// Writes a DHCP message: the fixed part of RFC 2131 §2, then options in the order of the calls. What is
// longer than 255 bytes is cut (RFC 3396); what does not fit behind the fixed part goes to the fields `file`
// and `sname` (option overload, RFC 2132 §9.3).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "mirage/core/bytes.hpp"
#include "mirage/dhcp/options.hpp"
#include "mirage/dhcp/wire.hpp"

namespace mirage {

class dhcp_message_writer {
 public:
  /// The message may fill `to`, which has at least 300 bytes, but for `at_end`: an option that must stand
  /// last and not in another field (RFC 3046 §2.2), with its code and its length; empty for none.
  dhcp_message_writer(bytes to, const dhcp_header& header, cbytes at_end = {}) noexcept;

  /// False, and nothing is written, if there is no room for it any more.
  bool add(dhcp_option code, cbytes value) noexcept;
  bool add(dhcp_option code, std::string_view text) noexcept { return add(code, as_bytes(text)); }
  bool add(dhcp_option code, ipv4_address address) noexcept { return add32(code, address.value()); }
  bool add(dhcp_option code, std::span<const ipv4_address> addresses) noexcept;
  bool add(dhcp_message_type type) noexcept {
    return add8(dhcp_option::message_type, static_cast<std::uint8_t>(type));
  }
  bool add8(dhcp_option code, std::uint8_t value) noexcept;
  bool add16(dhcp_option code, std::uint16_t value) noexcept;
  bool add32(dhcp_option code, std::uint32_t value) noexcept;
  /// Option 121 (RFC 3442); nothing is written for no routes.
  bool add(std::span<const dhcp_route> routes) noexcept;

  /// The end; gives the length of the message, at least 300.
  [[nodiscard]] std::size_t finish() noexcept;

 private:
  struct field {
    bytes room;
    std::size_t used = 0;
  };
  [[nodiscard]] bool fits(std::size_t size, std::size_t& first) const noexcept;

  bytes to_;
  cbytes at_end_;
  std::array<field, 3> fields_;
  std::size_t current_ = 0;
};

}  // namespace mirage
