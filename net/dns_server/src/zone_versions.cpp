// SPDX-License-Identifier: ISC
#include "mirage/dns_server/zone_versions.hpp"

#include <algorithm>
#include <utility>

namespace mirage::dns {

void zone_versions::set(shared<const zone> added) {
  const auto before = zones_.hold(added->origin());
  const zone& now = *added;
  zones_.set(std::move(added));
  const bool changed = !before || before->serial() != now.serial();
  if (before && changed) keep(*before, now);
  // With the same serial but other content, what was known of older versions is wrong.
  if (before && !changed)
    std::erase_if(histories_, [&](const history& each) { return each.origin.view() == now.origin(); });
  if (changed)
    for (zone_watcher* each : watchers_) each->zone_changed(now);
}

void zone_versions::remove(name_view origin) {
  std::erase_if(histories_, [&](const history& each) { return each.origin.view() == origin; });
  zones_.remove(origin);
}

void zone_versions::set_unavailable(name_view origin) {
  remove(origin);
  zones_.set_unavailable(origin);
}

void zone_versions::keep(const zone& before, const zone& now) {
  auto found = std::ranges::find_if(histories_,
                                    [&](const history& each) { return each.origin.view() == now.origin(); });
  if (found == histories_.end()) found = histories_.insert(found, {now.origin(), {}});
  auto& differences = found->differences;
  auto difference = is_newer_serial(now.serial(), before.serial())
                        ? zone_difference::between(before, now, options_.most_octets)
                        : nullptr;
  if (!difference) return differences.clear();
  differences.push_back(std::move(difference));
  std::size_t octets = 0;
  for (const auto& each : differences) octets += each->size();
  while (octets > options_.most_octets || differences.size() > options_.most_differences) {
    octets -= differences.front()->size();
    differences.pop_front();
  }
}

std::vector<shared<const zone_difference>> zone_versions::since(name_view origin,
                                                                std::uint32_t serial) const {
  const auto found =
      std::ranges::find_if(histories_, [&](const history& each) { return each.origin.view() == origin; });
  if (found == histories_.end()) return {};
  const auto first = std::ranges::find_if(found->differences,
                                          [&](const auto& each) { return each->from_serial() == serial; });
  return {first, found->differences.end()};
}

}  // namespace mirage::dns
