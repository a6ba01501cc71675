// SPDX-License-Identifier: ISC
// What a NAT sees of a packet, and how it changes one: RFC 3022 §4, RFC 5508 §4, RFC 1624.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/core/address.hpp"
#include "mirage/core/bytes.hpp"
#include "mirage/core/hash.hpp"

namespace mirage {

/// `echo` has an identifier in the place of a port.
enum class nat_protocol : std::uint8_t { tcp, udp, echo };

struct nat_endpoint {
  ipv4_address address{};
  std::uint16_t port = 0;

  [[nodiscard]] constexpr std::uint64_t hash(std::uint64_t seed) const noexcept {
    return hash_mix(seed, std::uint64_t{address.value()} << 16 | port);
  }
  friend constexpr bool operator==(const nat_endpoint&, const nat_endpoint&) noexcept = default;
};

/// Who speaks to whom. Of an echo request the identifier is the source's port, of a reply the destination's;
/// the other one is 0.
struct nat_flow {
  nat_protocol protocol = nat_protocol::udp;
  bool is_echo_reply = false;
  std::uint8_t tcp_flags = 0;
  nat_endpoint source{};
  nat_endpoint destination{};
};

/// `malformed`: shorter than its headers say. `bad_checksum`: a report's, which is made anew (RFC 5508
/// REQ-3), or that of the header in it. `unsupported`: another protocol, or another message of ICMP.
enum class nat_reading : std::uint8_t { flow, report, malformed, bad_checksum, unsupported };

struct nat_packet {
  nat_reading what = nat_reading::malformed;
  std::size_t header = 0;     ///< bytes of the IP header
  std::size_t quoted = 0;     ///< of a `report`: where the header of the packet stands that it is about
  std::size_t transport = 0;  ///< where that of `flow` stands
  nat_flow flow{};            ///< of a `report`: of the packet that it is about
};

/// Reads a whole IPv4 packet, no fragment, whose header has been examined.
[[nodiscard]] nat_packet read_nat_packet(cbytes packet) noexcept;

/// Gives the packet another source. Of a report it is the destination of the packet that it is about which
/// changes as well: the two are the same host (RFC 5508 REQ-5); its own source becomes the address alone.
void rewrite_source(bytes packet, const nat_packet& known, const nat_endpoint& to) noexcept;
/// The same in the other direction (RFC 5508 REQ-4).
void rewrite_destination(bytes packet, const nat_packet& known, const nat_endpoint& to) noexcept;

/// Gives the packet another identification (RFC 6864 §5.2.1 asks a translator for it, because the hosts
/// behind it count each by itself).
void rewrite_identification(bytes packet, std::uint16_t to) noexcept;

}  // namespace mirage
