// SPDX-License-Identifier: ISC
// The parameters of SVCB and HTTPS records: RFC 9460 §2.1, §7; `dohpath` RFC 9461.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace mirage::dns {

enum class parameter_key : std::uint16_t {
  mandatory = 0,
  alpn = 1,
  no_default_alpn = 2,
  port = 3,
  ipv4hint = 4,
  ech = 5,
  ipv6hint = 6,
  dohpath = 7,
  ohttp = 8,
};

inline constexpr std::array<std::string_view, 9> parameter_names{
    "mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint", "dohpath", "ohttp"};

}  // namespace mirage::dns
