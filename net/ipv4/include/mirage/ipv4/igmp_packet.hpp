// SPDX-License-Identifier: ISC
// The packet around a message of IGMP: with a TTL of 1, the precedence of internetwork control, and the
// option for routers to look at it: RFC 3376 §4, RFC 2113.
#pragma once

#include <cstddef>

#include "mirage/core/address.hpp"
#include "mirage/core/bytes.hpp"
#include "mirage/igmp/core.hpp"

namespace mirage {

[[nodiscard]] std::size_t igmp_packet_size(const igmp_action& what) noexcept;
/// `to` has room for it. Gives its length.
std::size_t write_igmp_packet(bytes to, ipv4_address source, const igmp_action& what) noexcept;

}  // namespace mirage
