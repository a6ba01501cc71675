// SPDX-License-Identifier: ISC
// What becomes of a received packet, by its addresses: RFC 4291 §2.5, §2.7, RFC 8200 §3.
#pragma once

#include <cstdint>

#include "mirage/core/bytes.hpp"
#include "mirage/ip/group_membership.hpp"
#include "mirage/ipv6/wire.hpp"
#include "mirage/ndp/own_addresses.hpp"

namespace mirage {

/// `martian`: from an address that nobody can send from over a link. `from_us`: from one of ours, so it comes
/// back, or somebody else has it. `not_ours`: to somebody else, also to one host by a multicast of the link.
enum class ipv6_verdict : std::uint8_t { fine, malformed, martian, from_us, not_ours };

/// `group`: it came to a broadcast or multicast address of the link.
[[nodiscard]] ipv6_verdict examine_ipv6(cbytes packet, bool group, const own_addresses& addresses,
                                        const group_membership& groups) noexcept;

}  // namespace mirage
