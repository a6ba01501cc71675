// SPDX-License-Identifier: ISC
#include "mirage/dns_server/zone_versions.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace mirage::dns {

void zone_versions::set(shared<const zone> added) {
  replacement all(*this, std::move(added));
  while (!all.advance(std::numeric_limits<std::size_t>::max())) {
  }
}

zone_versions::replacement::replacement(zone_versions& in, shared<const zone> added)
    : in_(in), before_(in.hold(added->origin())), added_(std::move(added)) {
  if (before_ && is_newer_serial(added_->serial(), before_->serial()))
    comparison_.emplace(*before_, *added_, in.options_.most_octets);
}

bool zone_versions::replacement::advance(std::size_t records) {
  if (comparison_ && !comparison_->compare(records)) return false;
  const auto now = in_.hold(added_->origin());
  const bool changed = !now || now->serial() != added_->serial();
  in_.serve(added_, changed, comparison_ && now == before_ ? comparison_->take() : nullptr);
  return true;
}

void zone_versions::serve(shared<const zone> added, bool changed, shared<const zone_difference> difference) {
  const zone& now = *added;
  zones_.set(std::move(added));
  // With the same serial but other content, what was known of older versions is wrong.
  keep(now.origin(), changed ? std::move(difference) : nullptr);
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

// Without a difference to the one before, those to older ones lead nowhere.
void zone_versions::keep(name_view origin, shared<const zone_difference> difference) {
  const auto is_its = [&](const history& each) { return each.origin.view() == origin; };
  if (!difference) return (void)std::erase_if(histories_, is_its);
  auto found = std::ranges::find_if(histories_, is_its);
  if (found == histories_.end()) found = histories_.insert(found, {name(origin), {}});
  auto& differences = found->differences;
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
