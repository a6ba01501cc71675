// SPDX-License-Identifier: ISC
#include "mirage/simulation/ethernet_switch.hpp"

namespace mirage::simulation {

namespace {
constexpr std::size_t ethernet_header = 14;
}

void ethernet_switch::forward(socket& from, cbytes carried) noexcept {
  if (carried.size() < ethernet_header) return;
  learn(mac_address::load(carried.data() + mac_address::size), from);
  if (socket* const behind = find(mac_address::load(carried.data()))) {
    if (behind != &from) behind->send(carried);
    return;
  }
  for (socket& each : sockets_)
    if (&each != &from) each.send(carried);
}

void ethernet_switch::learn(mac_address who, socket& behind) {
  if (who.is_multicast()) return;
  if (const auto known = places_.find(who); known != places_.end()) {
    known->second = {&behind, world_.now()};
  } else if (places_.size() < options_.max_addresses) {
    places_.emplace(who, place{&behind, world_.now()});
  }
}

ethernet_switch::socket* ethernet_switch::find(mac_address who) const noexcept {
  if (who.is_multicast()) return nullptr;
  const auto known = places_.find(who);
  if (known == places_.end() || world_.now() - known->second.seen > options_.ageing) return nullptr;
  return known->second.behind;
}

}  // namespace mirage::simulation
