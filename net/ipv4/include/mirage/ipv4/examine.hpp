// SPDX-License-Identifier: ISC
// What becomes of a received packet: RFC 1122 §3.2.1, §3.3.6.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/core/bytes.hpp"
#include "mirage/igmp/core.hpp"
#include "mirage/ipv4/routes.hpp"
#include "mirage/ipv4/wire.hpp"

namespace mirage {

/// `malformed`: not a header of RFC 791, or options that are none. `martian`: from an address that nobody can
/// send from, or that is ours. `not_ours`: to somebody else; also to one host by a broadcast of the link (RFC
/// 1122 §3.3.6).
enum class packet_verdict : std::uint8_t {
  whole,
  fragment,
  malformed,
  bad_checksum,
  source_routed,
  martian,
  not_ours
};

struct examined_packet {
  packet_verdict verdict;
  std::size_t header = 0;   ///< bytes of header with options, of a `whole` or a `fragment`
  ipv4_fields fields = {};  ///< of those, too
  bool to_many = false;     ///< of those, too: it is for a broadcast or a group, whatever the frame is
};

/// `group`: it came to a broadcast or multicast address of the link.
[[nodiscard]] examined_packet examine(cbytes packet, bool group, const ipv4_routes& routes,
                                      const igmp_host& groups) noexcept;

}  // namespace mirage
