// SPDX-License-Identifier: ISC
#include "mirage/ipv4/routes.hpp"

#include <algorithm>

namespace mirage {

bool ipv4_routes::add_address(ipv4_prefix address) noexcept {
  const ipv4_address ours = address.address();
  if (ours.is_unspecified() || ours.is_multicast() || ours.is_broadcast() || ours.is_loopback()) return false;
  remove_address(ours);
  if (addresses_.full()) return false;
  addresses_.push_back(ours);
  networks_.push_back(address);
  return true;
}

void ipv4_routes::remove_address(ipv4_address address) noexcept {
  erase_if(addresses_, [&](ipv4_address each) { return each == address; });
  erase_if(networks_, [&](const ipv4_prefix& each) { return each.address() == address; });
}

bool ipv4_routes::add_route(ipv4_prefix to, ipv4_address gateway) noexcept {
  remove_route(to);
  if (routes_.full()) return false;
  routes_.push_back({to.network(), gateway});
  return true;
}

void ipv4_routes::remove_route(ipv4_prefix to) noexcept {
  erase_if(routes_, [&](const route& each) { return each.to == to.network(); });
}

bool ipv4_routes::is_ours(ipv4_address address) const noexcept {
  return std::ranges::find(addresses_, address) != addresses_.end();
}

bool ipv4_routes::is_broadcast(ipv4_address address) const noexcept {
  if (address.is_broadcast()) return true;
  return std::ranges::any_of(networks_, [&](const ipv4_prefix& each) {
    return each.length() <= 30 && (each.broadcast() == address || each.network().address() == address);
  });
}

// Of several networks that contain it, the smallest.
const ipv4_prefix* ipv4_routes::network_of(ipv4_address address) const noexcept {
  const ipv4_prefix* best = nullptr;
  for (const ipv4_prefix& each : networks_)
    if (each.contains(address) && (best == nullptr || each.length() > best->length())) best = &each;
  return best;
}

ipv4_hop ipv4_routes::find(ipv4_address to) const noexcept {
  if (to.is_unspecified()) return {};
  if (to.is_loopback() || is_ours(to)) return {hop_kind::local, to, to, 32};
  if (to.is_multicast()) return {hop_kind::multicast, to, primary()};
  const ipv4_prefix* link = network_of(to);
  const auto near = static_cast<std::uint8_t>(link != nullptr ? link->length() : 0);
  if (is_broadcast(to)) return {hop_kind::broadcast, to, link != nullptr ? link->address() : primary(), near};

  const route* best = nullptr;
  for (const route& each : routes_)
    if (each.to.contains(to) && (best == nullptr || each.to.length() > best->to.length())) best = &each;
  if (link != nullptr && (best == nullptr || link->length() >= best->to.length()))
    return {hop_kind::unicast, to, link->address(), near};
  if (best == nullptr) return {};
  const auto far = static_cast<std::uint8_t>(best->to.length());
  if (best->is_on_link()) return {hop_kind::unicast, to, primary(), far};
  if (is_ours(best->gateway)) return {};
  if (const ipv4_prefix* between = network_of(best->gateway))
    return {hop_kind::unicast, best->gateway, between->address(), far};
  const bool reached = std::ranges::any_of(
      routes_, [&](const route& each) { return each.is_on_link() && each.to.contains(best->gateway); });
  return reached ? ipv4_hop{hop_kind::unicast, best->gateway, primary(), far} : ipv4_hop{};
}

}  // namespace mirage
