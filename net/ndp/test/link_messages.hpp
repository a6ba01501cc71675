// SPDX-License-Identifier: ISC
// Messages of neighbours and routers for the tests, written field by field.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mirage/core/address.hpp"
#include "mirage/ndp/messages.hpp"

namespace mirage::test {

inline std::string raw_of(const ipv6_address& address) {
  std::array<std::byte, 16> stored;
  address.store(stored.data());
  return std::string(as_text(stored));
}
inline std::string raw_of(mac_address address) {
  std::array<std::byte, 6> stored;
  address.store(stored.data());
  return std::string(as_text(stored));
}
inline std::string raw_of(std::uint32_t number) {
  std::array<std::byte, 4> stored;
  store_be32(stored.data(), number);
  return std::string(as_text(stored));
}

/// With its checksum.
inline std::string finished(std::string message, const ndp_header& header) {
  message[2] = message[3] = 0;
  icmpv6_header::finish(std::as_writable_bytes(std::span(message)), header.source, header.destination);
  return message;
}

inline std::string head(std::uint8_t type, std::uint32_t word = 0) {
  return std::string{static_cast<char>(type), 0, 0, 0} + raw_of(word);
}
inline std::string link_option(char type, mac_address mac) { return std::string{type, 1} + raw_of(mac); }

inline std::string solicitation(const ndp_header& header, const ipv6_address& target,
                                std::string_view options = {}) {
  return finished(head(135) + raw_of(target) + std::string(options), header);
}
inline std::string advertisement(const ndp_header& header, const ipv6_address& target, std::uint32_t flags,
                                 std::string_view options = {}) {
  return finished(head(136, flags) + raw_of(target) + std::string(options), header);
}
inline std::string router_advertised(const ndp_header& header, std::uint16_t lifetime,
                                     std::string_view options = {}, std::uint8_t hop_limit = 0,
                                     std::uint8_t flags = 0, std::uint32_t reachable = 0,
                                     std::uint32_t retransmit = 0) {
  const std::uint32_t word =
      std::uint32_t{hop_limit} << 24 | std::uint32_t{flags} << 16 | std::uint32_t{lifetime};
  return finished(head(134, word) + raw_of(reachable) + raw_of(retransmit) + std::string(options), header);
}
inline std::string redirected(const ndp_header& header, const ipv6_address& target,
                              const ipv6_address& destination, std::string_view options = {}) {
  return finished(head(137) + raw_of(target) + raw_of(destination) + std::string(options), header);
}

inline constexpr std::uint8_t on_link = 0x80;
inline constexpr std::uint8_t autonomous = 0x40;
inline std::string prefix_option(const ipv6_prefix& prefix, std::uint8_t flags, std::uint32_t valid,
                                 std::uint32_t preferred) {
  return std::string{3, 4, static_cast<char>(prefix.length()), static_cast<char>(flags)} + raw_of(valid) +
         raw_of(preferred) + raw_of(std::uint32_t{0}) + raw_of(prefix.address());
}
inline std::string mtu_option(std::uint32_t mtu) { return std::string{5, 1, 0, 0} + raw_of(mtu); }
inline constexpr std::uint8_t low_preference = 0x18;
inline constexpr std::uint8_t reserved_preference = 0x10;
/// With as much of the prefix as is needed.
inline std::string route_option(const ipv6_prefix& prefix, std::uint8_t flags, std::uint32_t lifetime) {
  const std::size_t words = (prefix.length() + 63U) / 64U;
  return std::string{24, static_cast<char>(1 + words), static_cast<char>(prefix.length()),
                     static_cast<char>(flags)} +
         raw_of(lifetime) + raw_of(prefix.address()).substr(0, 8 * words);
}
inline std::string dns_option(const ipv6_address& server, std::uint32_t lifetime) {
  return std::string{25, 3, 0, 0} + raw_of(lifetime) + raw_of(server);
}

}  // namespace mirage::test
