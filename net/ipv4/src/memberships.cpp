// SPDX-License-Identifier: ISC
#include "mirage/ipv4/memberships.hpp"

#include <algorithm>

namespace mirage {

bool ipv4_memberships::join(ipv4_address group) noexcept {
  const auto found = std::ranges::find(groups_, group, &membership::group);
  if (found != groups_.end()) {
    ++found->count;
    return true;
  }
  if (groups_.full()) return false;
  groups_.push_back({group, 1});
  return true;
}

void ipv4_memberships::leave(ipv4_address group) noexcept {
  const auto found = std::ranges::find(groups_, group, &membership::group);
  if (found == groups_.end() || --found->count != 0) return;
  inline_vector<membership, most_groups> kept;
  for (const membership& each : groups_)
    if (each.count != 0) kept.push_back(each);
  groups_ = kept;
}

bool ipv4_memberships::contains(ipv4_address group) const noexcept {
  if (group == ipv4_address("224.0.0.1")) return true;
  return std::ranges::find(groups_, group, &membership::group) != groups_.end();
}

}  // namespace mirage
