// SPDX-License-Identifier: ISC
// What a router sees of a packet before it passes it on: RFC 1812 §5.2.1, §5.3.7.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/core/buffer.hpp"
#include "mirage/core/bytes.hpp"
#include "mirage/ip/reassembly.hpp"
#include "mirage/ipv4/wire.hpp"

namespace mirage {

/// `not_to_one`: to a group, to all, or by a broadcast of the link, which is never passed on (RFC 1812
/// §5.3.4); it may be for us. `martian`: from an address, or to one, that no router passes on.
enum class forward_verdict : std::uint8_t {
  to_one,
  not_to_one,
  malformed,
  bad_checksum,
  source_routed,
  martian
};

struct forwarded_packet {
  forward_verdict verdict;
  std::size_t header = 0;   ///< bytes with options; of a `to_one` only
  ipv4_fields fields = {};  ///< of that, too
  bool is_fragment = false;
};

/// `group`: it came to a broadcast or multicast address of the link.
[[nodiscard]] forwarded_packet examine_to_forward(cbytes packet, bool group) noexcept;

/// One hop less. The TTL is not 0.
void decrement_ttl(bytes packet) noexcept;

/// The datagram with its header in front, as if it had never been cut; no memory if its first fragment is
/// missing.
[[nodiscard]] buffer whole_packet(reassembled&& from) noexcept;

}  // namespace mirage
