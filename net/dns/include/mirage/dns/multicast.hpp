// SPDX-License-Identifier: ISC
// Where the hosts of a link ask each other for names: RFC 6762 §3, §22.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "mirage/core/endpoint.hpp"

namespace mirage::dns {

inline constexpr std::uint16_t multicast_port = 5353;
inline constexpr ipv4_address multicast_group_v4 = "224.0.0.251";
inline constexpr ipv6_address multicast_group_v6 = "ff02::fb";
inline constexpr std::array<endpoint, 2> multicast_groups{
    endpoint{ip_address(multicast_group_v6), multicast_port},
    endpoint{ip_address(multicast_group_v4), multicast_port}};

/// The domain whose names belong to the link.
inline constexpr std::string_view multicast_domain = "local.";

}  // namespace mirage::dns
