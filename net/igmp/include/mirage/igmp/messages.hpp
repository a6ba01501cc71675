// SPDX-License-Identifier: ISC
// The layout of IGMP's messages: RFC 3376 §4, of version 2 RFC 2236 §2, of version 1 RFC 1112 appendix I.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/core/address.hpp"
#include "mirage/core/bytes.hpp"
#include "mirage/core/time.hpp"
#include "mirage/ip/group_membership.hpp"

namespace mirage {

enum class igmp_version : std::uint8_t { one = 1, two = 2, three = 3 };

enum class igmp_type : std::uint8_t {
  query = 0x11,
  report_1 = 0x12,
  report_2 = 0x16,
  leave = 0x17,
  report_3 = 0x22
};

inline constexpr ipv4_address all_hosts_group = "224.0.0.1";
inline constexpr ipv4_address all_routers_group = "224.0.0.2";
inline constexpr ipv4_address igmp_routers_group = "224.0.0.22";

/// `other`: a report of version 3, a leave, or what nobody knows: it tells a host nothing.
enum class igmp_kind : std::uint8_t { query, report, other, malformed, bad_checksum };

struct igmp_reading {
  igmp_kind kind = igmp_kind::malformed;
  igmp_version version = igmp_version::three;  ///< of a query
  ipv4_address group{};                        ///< of a query: unspecified for all groups
  duration response_time{};                    ///< of a query: within which an answer is wanted
};
[[nodiscard]] igmp_reading read_igmp(cbytes message) noexcept;

/// Of version 1 or 2, with the checksum; `to` has room for it. Gives its length.
inline constexpr std::size_t igmp_message_size = 8;
std::size_t write_igmp_message(bytes to, igmp_type type, ipv4_address group) noexcept;

[[nodiscard]] constexpr std::size_t igmp_report_size(const group_report& report) noexcept {
  return 8 + 8 * report.size();
}
/// Of version 3, the same.
std::size_t write_igmp_report(bytes to, const group_report& report) noexcept;

}  // namespace mirage
