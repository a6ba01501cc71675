// SPDX-License-Identifier: ISC
#include "mirage/igmp/core.hpp"

namespace mirage {

bool igmp_host::join(ipv4_address group, instant now) noexcept {
  follow_version(now);
  return groups_.join(group, group != all_hosts_group, now);
}

void igmp_host::leave(ipv4_address group, instant now) noexcept {
  follow_version(now);
  groups_.leave(group, now);
}

igmp_host::verdict igmp_host::input(const igmp_arrival& from, cbytes message, instant now) noexcept {
  follow_version(now);
  const igmp_reading read = read_igmp(message);
  switch (read.kind) {
    case igmp_kind::malformed: return verdict::malformed;
    case igmp_kind::bad_checksum: return verdict::bad_checksum;
    case igmp_kind::other: return verdict::ignored;
    case igmp_kind::report:
      // RFC 2236 §3: one host's answer is enough. Version 3 wants each host's.
      if (spoken_ == igmp_version::three || from.destination != read.group) return verdict::ignored;
      groups_.told_by_another(read.group);
      return verdict::taken;
    case igmp_kind::query: return query(read, from, now);
  }
  return verdict::ignored;
}

igmp_host::verdict igmp_host::query(const igmp_reading& asked, const igmp_arrival& from,
                                    instant now) noexcept {
  const bool general = asked.group.is_unspecified();
  if (from.ttl != 1 || (general && from.destination != all_hosts_group) ||
      (asked.version != igmp_version::one && !from.router_alert))
    return verdict::refused;
  if (asked.version == igmp_version::one) one_until_ = later(now, older_querier_present);
  if (asked.version == igmp_version::two && general) two_until_ = later(now, older_querier_present);
  follow_version(now);
  groups_.queried(asked.group, asked.response_time, now);
  return verdict::taken;
}

// §7.2.1: what was waiting to be told was in the words of the other version.
void igmp_host::follow_version(instant now) noexcept {
  if (version(now) == spoken_) return;
  spoken_ = version(now);
  groups_.cancel();
  rest_.clear();
  told_ = 0;
}

std::optional<igmp_action> igmp_host::poll(instant now) noexcept {
  follow_version(now);
  while (true) {
    while (told_ < rest_.size())
      if (auto next = older(rest_[told_++])) return next;
    auto report = groups_.poll(now);
    if (!report) return std::nullopt;
    if (spoken_ == igmp_version::three)
      return igmp_action{.destination = igmp_routers_group, .records = *report};
    rest_ = *report;
    told_ = 0;
  }
}

// §7.2.1, RFC 2236 §3: a report goes to its group, so that the other hosts there hear it. Version 1 has no
// word for leaving.
std::optional<igmp_action> igmp_host::older(const group_record& record) const noexcept {
  const ipv4_address group = record.group.v4();
  if (record.type != group_record_type::to_include)
    return igmp_action{group, spoken_ == igmp_version::one ? igmp_type::report_1 : igmp_type::report_2,
                       group};
  if (spoken_ == igmp_version::one) return std::nullopt;
  return igmp_action{all_routers_group, igmp_type::leave, group};
}

}  // namespace mirage
