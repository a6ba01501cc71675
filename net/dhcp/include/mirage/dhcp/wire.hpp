// SPDX-License-Identifier: ISC
// The fixed part of a DHCP message: RFC 2131 §2, with the magic cookie of RFC 2132 §2 before the options.
// What comes behind it is in options.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "mirage/core/address.hpp"
#include "mirage/core/bytes.hpp"
#include "mirage/core/endian.hpp"

namespace mirage {

namespace dhcp_port {
inline constexpr std::uint16_t server = 67;
inline constexpr std::uint16_t client = 68;
}  // namespace dhcp_port

enum class dhcp_operation : std::uint8_t { request = 1, reply = 2 };

/// Option 53. `none`: a message of BOOTP (RFC 951).
enum class dhcp_message_type : std::uint8_t {
  none = 0,
  discover = 1,
  offer = 2,
  request = 3,
  decline = 4,
  ack = 5,
  nak = 6,
  release = 7,
  inform = 8
};

class dhcp_message {
 public:
  static constexpr std::size_t options_offset = 240;
  static constexpr std::size_t least_size = 300;  ///< what relays of BOOTP pass on (RFC 1542 §2.1)
  static constexpr std::uint32_t magic_cookie = 0x63825363;
  static constexpr std::uint16_t broadcast_flag = 0x8000;
  static constexpr std::uint8_t ethernet = 1;  ///< hardware type (RFC 1700)
  static constexpr std::size_t hardware_size = 16;
  static constexpr std::size_t server_name_offset = 44;
  static constexpr std::size_t server_name_size = 64;
  static constexpr std::size_t file_offset = 108;
  static constexpr std::size_t file_size = 128;

  /// Nothing if it is too short, neither a request nor a reply, without the magic cookie, or with a hardware
  /// address that is longer than its field. The bytes must outlive the view.
  [[nodiscard]] static std::optional<dhcp_message> of(cbytes message) noexcept {
    if (message.size() < options_offset) return std::nullopt;
    const dhcp_message made(message);
    const std::byte operation = message[0];
    if (operation != std::byte{1} && operation != std::byte{2}) return std::nullopt;
    if (load_be32(message.data() + 236) != magic_cookie || made.hardware_length() > hardware_size)
      return std::nullopt;
    return made;
  }

  [[nodiscard]] dhcp_operation operation() const noexcept { return dhcp_operation{byte_at(0)}; }
  [[nodiscard]] std::uint8_t hardware_type() const noexcept { return byte_at(1); }
  [[nodiscard]] std::uint8_t hardware_length() const noexcept { return byte_at(2); }
  [[nodiscard]] std::uint32_t transaction() const noexcept { return load_be32(at(4)); }
  /// Since the client began, in seconds.
  [[nodiscard]] std::uint16_t seconds() const noexcept { return load_be16(at(8)); }
  [[nodiscard]] std::uint16_t flags() const noexcept { return load_be16(at(10)); }
  [[nodiscard]] bool wants_broadcast() const noexcept { return (flags() & broadcast_flag) != 0; }
  [[nodiscard]] ipv4_address client_address() const noexcept { return ipv4_address::load(at(12)); }
  [[nodiscard]] ipv4_address your_address() const noexcept { return ipv4_address::load(at(16)); }
  [[nodiscard]] ipv4_address next_server() const noexcept { return ipv4_address::load(at(20)); }
  [[nodiscard]] ipv4_address relay() const noexcept { return ipv4_address::load(at(24)); }
  /// As long as it says that it is.
  [[nodiscard]] cbytes hardware_address() const noexcept { return all_.subspan(28, hardware_length()); }
  /// That of Ethernet; nothing if it is of another kind.
  [[nodiscard]] std::optional<mac_address> mac() const noexcept {
    if (hardware_type() != ethernet || hardware_length() != mac_address::size) return std::nullopt;
    return mac_address::load(at(28));
  }

  [[nodiscard]] cbytes all() const noexcept { return all_; }
  [[nodiscard]] cbytes options() const noexcept { return all_.subspan(options_offset); }
  [[nodiscard]] cbytes file() const noexcept { return all_.subspan(file_offset, file_size); }
  [[nodiscard]] cbytes server_name() const noexcept {
    return all_.subspan(server_name_offset, server_name_size);
  }

 private:
  explicit dhcp_message(cbytes all) noexcept : all_(all) {}
  [[nodiscard]] const std::byte* at(std::size_t offset) const noexcept { return all_.data() + offset; }
  [[nodiscard]] std::uint8_t byte_at(std::size_t offset) const noexcept {
    return std::to_integer<std::uint8_t>(all_[offset]);
  }
  cbytes all_;
};

/// What the fixed part of a message to be written says.
struct dhcp_header {
  dhcp_operation operation = dhcp_operation::request;
  std::uint8_t hardware_type = dhcp_message::ethernet;
  cbytes hardware_address{};  ///< at most 16 bytes
  std::uint32_t transaction = 0;
  std::uint16_t seconds = 0;
  std::uint16_t flags = 0;
  ipv4_address client_address{};
  ipv4_address your_address{};
  ipv4_address next_server{};
  ipv4_address relay{};
};

}  // namespace mirage
