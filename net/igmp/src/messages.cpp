// SPDX-License-Identifier: ISC
#include "mirage/igmp/messages.hpp"

#include <algorithm>

#include "mirage/checksum.hpp"
#include "mirage/core/endian.hpp"

namespace mirage {

namespace {

constexpr std::size_t least_query_3 = 12;

// §4.1.1: tenths of a second; large ones as a number with an exponent.
[[nodiscard]] duration response_time(unsigned code) noexcept {
  const unsigned tenths = code < 128 ? code : ((code & 15) | 16) << ((code >> 4 & 7) + 3);
  return tenths * duration{100ms};
}

// §7.1: the version is known by the length, and version 1 by having no time of its own.
[[nodiscard]] igmp_reading read_query(cbytes message, ipv4_address group) noexcept {
  const auto code = std::to_integer<unsigned>(message[1]);
  if (!group.is_unspecified() && !group.is_multicast()) return {};
  if (message.size() >= least_query_3)
    return {igmp_kind::query, igmp_version::three, group, response_time(code)};
  if (message.size() != igmp_message_size) return {};
  if (code != 0) return {igmp_kind::query, igmp_version::two, group, code * duration{100ms}};
  return {igmp_kind::query, igmp_version::one, {}, 10s};
}

void finish(bytes message) noexcept {
  store_be16(&message[2], 0);
  store_be16(&message[2], checksum::finish(checksum::sum_of(message)));
}

}  // namespace

igmp_reading read_igmp(cbytes message) noexcept {
  if (message.size() < igmp_message_size) return {};
  if (checksum::sum_of(message) != checksum::verified) return {igmp_kind::bad_checksum};
  const ipv4_address group = ipv4_address::load(&message[4]);
  switch (static_cast<igmp_type>(message[0])) {
    case igmp_type::query: return read_query(message, group);
    case igmp_type::report_1:
    case igmp_type::report_2:
      if (!group.is_multicast()) return {};
      return {.kind = igmp_kind::report, .group = group};
    default: return {igmp_kind::other};
  }
}

std::size_t write_igmp_message(bytes to, igmp_type type, ipv4_address group) noexcept {
  to[0] = static_cast<std::byte>(type);
  to[1] = {};
  group.store(&to[4]);
  finish(to.first(igmp_message_size));
  return igmp_message_size;
}

std::size_t write_igmp_report(bytes to, const group_report& report) noexcept {
  const bytes all = to.first(igmp_report_size(report));
  std::ranges::fill(all, std::byte{});
  all[0] = static_cast<std::byte>(igmp_type::report_3);
  store_be16(&all[6], static_cast<std::uint16_t>(report.size()));
  std::size_t at = 8;
  for (const group_record& each : report) {
    all[at] = static_cast<std::byte>(each.type);
    each.group.v4().store(&all[at + 4]);
    at += 8;
  }
  finish(all);
  return at;
}

}  // namespace mirage
