// SPDX-License-Identifier: ISC
// Multicast listener discovery, the layout of its messages: RFC 3810 §5. When they are sent is
// `group_membership`'s. Not implemented: answers in the format of version 1 to a querier that is that old.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "mirage/core/address.hpp"
#include "mirage/core/bytes.hpp"
#include "mirage/core/time.hpp"
#include "mirage/ip/group_membership.hpp"
#include "mirage/ndp/messages.hpp"

namespace mirage {

inline constexpr ipv6_address all_mld_routers = "ff02::16";

/// Groups that stay on the host, or that all are in, are told to nobody (RFC 3810 §6).
[[nodiscard]] constexpr bool is_told_to_routers(const ipv6_address& group) noexcept {
  return (group.high() >> 48 & 0xf) > 1 && group != all_nodes;
}

struct group_query {
  ipv6_address group{};      ///< unspecified: all groups
  duration response_time{};  ///< within which an answer is wanted
};
/// Nothing for what must be dropped (§6.2): not from a router of the link, or of a wrong length or checksum.
[[nodiscard]] std::optional<group_query> read_group_query(const ndp_header& from, cbytes message) noexcept;

[[nodiscard]] constexpr std::size_t group_report_size(const group_report& report) noexcept {
  return 8 + 20 * report.size();
}
/// Writes the message to `to`, which has room for it, and gives its length.
std::size_t write_group_report(bytes to, const ndp_header& header, const group_report& report) noexcept;

}  // namespace mirage
