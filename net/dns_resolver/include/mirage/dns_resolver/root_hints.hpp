// SPDX-License-Identifier: ISC
// Where the servers of the root are: a to m.root-servers.net, as IANA lists them in named.root.
#pragma once

#include <array>

#include "mirage/core/ip_address.hpp"

namespace mirage {

inline constexpr std::array<ip_address, 26> dns_root_servers{
    ip_address("198.41.0.4"),      ip_address("170.247.170.2"),       ip_address("192.33.4.12"),
    ip_address("199.7.91.13"),     ip_address("192.203.230.10"),      ip_address("192.5.5.241"),
    ip_address("192.112.36.4"),    ip_address("198.97.190.53"),       ip_address("192.36.148.17"),
    ip_address("192.58.128.30"),   ip_address("193.0.14.129"),        ip_address("199.7.83.42"),
    ip_address("202.12.27.33"),    ip_address("2001:503:ba3e::2:30"), ip_address("2801:1b8:10::b"),
    ip_address("2001:500:2::c"),   ip_address("2001:500:2d::d"),      ip_address("2001:500:a8::e"),
    ip_address("2001:500:2f::f"),  ip_address("2001:500:12::d0d"),    ip_address("2001:500:1::53"),
    ip_address("2001:7fe::53"),    ip_address("2001:503:c27::2:30"),  ip_address("2001:7fd::1"),
    ip_address("2001:500:9f::42"), ip_address("2001:dc3::35")};

}  // namespace mirage
