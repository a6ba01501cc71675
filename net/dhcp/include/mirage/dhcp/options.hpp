// SPDX-License-Identifier: ISC
// The options of a DHCP message, read: RFC 2132, with those in the fields `file` and `sname` (option
// overload, §9.3) and with values that are cut into several options (RFC 3396).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "mirage/core/bytes.hpp"
#include "mirage/core/inline_vector.hpp"
#include "mirage/dhcp/wire.hpp"

namespace mirage {

enum class dhcp_option : std::uint8_t {
  pad = 0,
  subnet_mask = 1,
  routers = 3,
  name_servers = 6,
  host_name = 12,
  domain_name = 15,
  interface_mtu = 26,
  broadcast_address = 28,
  time_servers = 42,  ///< of NTP
  requested_address = 50,
  lease_time = 51,
  overload = 52,
  message_type = 53,
  server_identifier = 54,
  parameter_list = 55,
  message = 56,
  greatest_message = 57,
  renewal_time = 58,
  rebinding_time = 59,
  vendor_class = 60,
  client_identifier = 61,
  relay_information = 82,  ///< RFC 3046
  classless_routes = 121,  ///< RFC 3442
  end = 255
};

/// A destination and its first hop; an unspecified router: it is on the link.
struct dhcp_route {
  ipv4_prefix to{};
  ipv4_address router{};
  bool operator==(const dhcp_route&) const = default;
};

class dhcp_options {
 public:
  /// Longer values, of several options together, count as not there.
  static constexpr std::size_t greatest_value = 1024;

  /// Nothing if an option goes beyond its field. A missing end is forgiven. The message must outlive it.
  [[nodiscard]] static std::optional<dhcp_options> of(const dhcp_message& message) noexcept;

  [[nodiscard]] bool has(dhcp_option code) const noexcept;
  /// The value; copied to `room` if it is cut into several options, else where it is in the message.
  [[nodiscard]] std::optional<cbytes> find(dhcp_option code, bytes room) const noexcept;

  // Nothing if the option is not there, or is not of the length that it must have.
  [[nodiscard]] dhcp_message_type type() const noexcept;
  [[nodiscard]] std::optional<ipv4_address> address(dhcp_option code) const noexcept;
  [[nodiscard]] std::optional<std::uint32_t> number32(dhcp_option code) const noexcept;
  [[nodiscard]] std::optional<std::uint16_t> number16(dhcp_option code) const noexcept;
  /// Without zeros at the end (RFC 2132 §2). It is what a stranger wrote: any byte can be in it.
  [[nodiscard]] std::string_view text(dhcp_option code, bytes room) const noexcept;
  /// The first that there is room for, without those that no host can have. None if the length is wrong.
  template <std::size_t Capacity>
  [[nodiscard]] inline_vector<ipv4_address, Capacity> addresses(dhcp_option code) const noexcept {
    inline_vector<ipv4_address, Capacity> found;
    std::array<std::byte, greatest_value> room;
    const auto value = find(code, room);
    if (!value || value->size() % ipv4_address::size != 0) return found;
    for (std::size_t at = 0; at < value->size() && !found.full(); at += ipv4_address::size)
      if (const auto each = ipv4_address::load(value->data() + at); can_be_host(each)) found.push_back(each);
    return found;
  }

  /// One of a host: not unspecified, of a group, broadcast, loopback or of class E.
  [[nodiscard]] static bool can_be_host(ipv4_address address) noexcept {
    constexpr ipv4_address class_e = "240.0.0.0";
    return address.value() >> 24 != 0 && !address.is_loopback() && !address.is_multicast() &&
           address < class_e;
  }

 private:
  dhcp_options() noexcept = default;
  std::array<cbytes, 3> fields_{};  // in the order in which values are put together (RFC 3396 §5)
};

/// The routes of a value of option 121 (RFC 3442); false if it is malformed. Routes beyond the capacity and
/// routers that no host can have are left out.
inline constexpr std::size_t most_dhcp_routes = 16;
using dhcp_routes = inline_vector<dhcp_route, most_dhcp_routes>;
[[nodiscard]] bool read_classless_routes(cbytes value, dhcp_routes& routes) noexcept;

/// Whether it is a host or domain name: letters, digits, hyphens, underscores and single dots inside, labels
/// of at most 63 characters, 253 in all.
[[nodiscard]] bool is_dhcp_name(std::string_view text) noexcept;

}  // namespace mirage
