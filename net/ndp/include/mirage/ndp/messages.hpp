// SPDX-License-Identifier: ISC
// The messages of neighbour discovery, read and checked as RFC 4861 §6.1, §7.1 and §8.1 want it, with the
// options of §4.6, the DNS servers of RFC 8106 §5.1 and the routes of RFC 4191. What else may be in them is
// passed over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "mirage/core/address.hpp"
#include "mirage/core/bytes.hpp"
#include "mirage/core/inline_vector.hpp"
#include "mirage/ndp/icmpv6.hpp"

namespace mirage {

inline constexpr ipv6_address all_nodes = "ff02::1";
inline constexpr ipv6_address all_routers = "ff02::2";

/// RFC 4291 §2.7.1
[[nodiscard]] constexpr ipv6_address solicited_node(const ipv6_address& of) noexcept {
  return {0xff02'0000'0000'0000, 0x0000'0001'ff00'0000 | (of.low() & 0xff'ffff)};
}
/// RFC 2464 §7
[[nodiscard]] constexpr mac_address multicast_station(const ipv6_address& group) noexcept {
  const auto octet = [&](unsigned shift) { return static_cast<std::uint8_t>(group.low() >> shift); };
  return mac_address({0x33, 0x33, octet(24), octet(16), octet(8), octet(0)});
}

/// What the IPv6 header of a message says.
struct ndp_header {
  ipv6_address source{};
  ipv6_address destination{};
  std::uint8_t hop_limit = 0;
};

/// In each: `source_link` or `target_link` is the address of the link that an option tells.
struct neighbour_solicitation {
  ipv6_address target;
  std::optional<mac_address> source_link{};
  /// 48 bits (RFC 7527): who detects duplicates knows its own questions.
  std::optional<std::uint64_t> nonce{};
};
struct neighbour_advertisement {
  ipv6_address target;
  bool router = false;
  bool solicited = false;
  bool overrides = false;
  std::optional<mac_address> target_link{};
};
struct prefix_information {
  ipv6_prefix prefix{};
  bool on_link = false;
  bool autonomous = false;
  std::uint32_t valid = 0;  ///< seconds; `forever` is no limit
  std::uint32_t preferred = 0;
  static constexpr std::uint32_t forever = 0xffff'ffff;
};
/// RFC 4191 §2.1
enum class router_preference : std::int8_t { low = -1, medium = 0, high = 1 };
struct route_information {
  ipv6_prefix prefix{};
  router_preference preference = router_preference::medium;
  std::uint32_t lifetime = 0;  ///< seconds, as of `prefix_information`
};
struct dns_server_information {
  ipv6_address server{};
  std::uint32_t lifetime = 0;  ///< seconds; 0: not to be used any more
};
/// Prefixes, routes and servers beyond the caps are passed over.
struct router_advertisement {
  std::uint8_t hop_limit = 0;  ///< 0: not told
  bool managed = false;        ///< addresses by DHCPv6
  bool other = false;          ///< other things by DHCPv6
  router_preference preference = router_preference::medium;
  std::uint16_t lifetime = 0;          ///< of the router as a default router, seconds; 0: it is none
  std::uint32_t reachable_time = 0;    ///< milliseconds; 0: not told
  std::uint32_t retransmit_timer = 0;  ///< milliseconds; 0: not told
  std::uint32_t mtu = 0;               ///< 0: not told
  std::optional<mac_address> source_link{};
  inline_vector<prefix_information, 16> prefixes{};
  inline_vector<route_information, 16> routes{};
  inline_vector<dns_server_information, 8> dns_servers{};
};
struct redirect_message {
  ipv6_address target;
  ipv6_address destination;
  std::optional<mac_address> target_link{};
};

/// Nothing for what must be dropped: not from a neighbour (hop limit 255), a wrong checksum, code or length,
/// an option of no length, or addresses that cannot be. `message` begins with the ICMPv6 header. Which kind
/// of message it is the caller knows.
[[nodiscard]] std::optional<neighbour_solicitation> read_neighbour_solicitation(const ndp_header& from,
                                                                                cbytes message) noexcept;
[[nodiscard]] std::optional<neighbour_advertisement> read_neighbour_advertisement(const ndp_header& from,
                                                                                  cbytes message) noexcept;
[[nodiscard]] std::optional<router_advertisement> read_router_advertisement(const ndp_header& from,
                                                                            cbytes message) noexcept;
/// That it comes from the router that is used for the destination is the caller's to check.
[[nodiscard]] std::optional<redirect_message> read_redirect(const ndp_header& from, cbytes message) noexcept;

/// No message written here is longer.
inline constexpr std::size_t greatest_ndp_message = 32;
/// Each writes a whole message to `to`, which has room for it, and gives its length. Without a source address
/// there is no option with ours of the link (RFC 4861 §4.1, §4.3), but `nonce`.
std::size_t write_neighbour_solicitation(bytes to, const ndp_header& header, const ipv6_address& target,
                                         mac_address ours, std::uint64_t nonce) noexcept;
std::size_t write_neighbour_advertisement(bytes to, const ndp_header& header, const ipv6_address& target,
                                          bool solicited, mac_address ours) noexcept;
std::size_t write_router_solicitation(bytes to, const ndp_header& header, mac_address ours) noexcept;

}  // namespace mirage
