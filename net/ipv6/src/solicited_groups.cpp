// SPDX-License-Identifier: ISC
#include "mirage/ipv6/solicited_groups.hpp"

#include <algorithm>

#include "mirage/ndp/messages.hpp"

namespace mirage {

void solicited_groups::follow(const own_addresses& ours, group_membership& groups, instant now) noexcept {
  inline_vector<ipv6_address, own_addresses::most> kept;
  for (const ipv6_address& each : followed_) {
    if (ours.find(each) != nullptr)
      kept.push_back(each);
    else
      groups.leave(solicited_node(each), now);
  }
  for (const own_address& each : ours.all()) {
    if (std::ranges::find(kept, each.address()) != kept.end()) continue;
    // It is heard from now on, but told only when the address is asked for, which is after a random time.
    const instant told = each.tentative ? std::max(now, each.deadline) : now;
    if (groups.join(solicited_node(each.address()), true, told)) kept.push_back(each.address());
  }
  followed_ = kept;
}

}  // namespace mirage
