// SPDX-License-Identifier: ISC
#include "mirage/ndp/mld.hpp"

namespace mirage {

namespace {

// §5.1.3: milliseconds; large ones as a number with an exponent.
[[nodiscard]] duration response_time(std::uint32_t code) noexcept {
  if (code < 0x8000) return code * duration{1ms};
  return (((code & 0x0fff) | 0x1000) << ((code >> 12 & 7) + 3)) * duration{1ms};
}

}  // namespace

std::optional<group_query> read_group_query(const ndp_header& from, cbytes message) noexcept {
  constexpr std::size_t version_1 = 24;
  constexpr std::size_t version_2 = 28;
  if (message.size() < version_1 || (message.size() > version_1 && message.size() < version_2))
    return std::nullopt;
  if (from.hop_limit != 1 || !from.source.is_link_local() ||
      !icmpv6_header::is_checksum_right(message, from.source, from.destination))
    return std::nullopt;
  const group_query read{ipv6_address::load(&message[8]), response_time(load_be16(&message[4]))};
  if (!read.group.is_unspecified() && !read.group.is_multicast()) return std::nullopt;
  return read;
}

std::size_t write_group_report(bytes to, const ndp_header& header, const group_report& report) noexcept {
  icmpv6_header::write(to, icmpv6_type::group_report, 0, static_cast<std::uint32_t>(report.size()));
  std::size_t at = 8;
  for (const group_record& each : report) {
    store_be32(&to[at], std::uint32_t{static_cast<std::uint8_t>(each.type)} << 24);
    each.group.v6().store(&to[at + 4]);
    at += 20;
  }
  icmpv6_header::finish(to.first(at), header.source, header.destination);
  return at;
}

}  // namespace mirage
