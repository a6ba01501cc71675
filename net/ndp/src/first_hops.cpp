// SPDX-License-Identifier: ISC
#include "mirage/ndp/first_hops.hpp"

#include <algorithm>
#include <limits>

namespace mirage {

bool first_hops::add_route(const ipv6_prefix& to, const ipv6_address& gateway) noexcept {
  remove_route(to);
  if (routes_.full()) return false;
  routes_.push_back({to.network(), gateway});
  return true;
}

void first_hops::remove_route(const ipv6_prefix& to) noexcept {
  erase_if(routes_, [&](const route& each) { return each.to == to.network(); });
}

// What was configured stays: no router can take it away.
bool first_hops::set_prefix(const ipv6_prefix& network, instant until, instant now) noexcept {
  const auto known = std::ranges::find(prefixes_, network.network(), &prefix::network);
  if (known != prefixes_.end()) {
    if (known->until != never || until == never) known->until = until;
    expire(now);
    return true;
  }
  if (until <= now) return true;
  if (prefixes_.full()) return false;
  prefixes_.push_back({network.network(), until});
  return true;
}

bool first_hops::set_router(const ipv6_address& address, instant until, instant now) noexcept {
  const auto known = std::ranges::find(routers_, address, &router::address);
  if (until <= now) {
    if (known != routers_.end()) remove_router(address);
    return true;
  }
  if (known != routers_.end()) {
    known->until = until;
    return true;
  }
  if (routers_.full()) return false;
  routers_.push_back({address, until});
  return true;
}

void first_hops::remove_router(const ipv6_address& address) noexcept {
  erase_if(routers_, [&](const router& each) { return each.address == address; });
  // What goes by way of it is looked up anew (RFC 4861 §7.2.5, §6.3.5).
  while (true) {
    std::optional<ipv6_address> gone;
    redirects_.for_each([&](const ipv6_address& destination, const better_hop& hop) {
      if (hop.address == address) gone = destination;
    });
    if (!gone) return;
    redirects_.erase(*gone);
  }
}

void first_hops::redirect(const ipv6_address& destination, const ipv6_address& better) noexcept {
  better_hop* known = redirects_.find(destination);
  if (known == nullptr) {
    if (redirects_.full()) make_room_for_redirect();
    known = redirects_.insert(destination);
  }
  if (known != nullptr) *known = {better, ++redirected_};
}

void first_hops::make_room_for_redirect() noexcept {
  std::uint64_t oldest = std::numeric_limits<std::uint64_t>::max();
  ipv6_address gone;
  redirects_.for_each([&](const ipv6_address& destination, const better_hop& hop) {
    if (hop.number >= oldest) return;
    oldest = hop.number;
    gone = destination;
  });
  redirects_.erase(gone);
}

std::optional<ipv6_address> first_hops::find(const ipv6_address& destination, neighbour_cache& known,
                                             instant now) noexcept {
  if (destination.is_link_local()) return destination;
  if (redirects_.size() != 0) {
    const better_hop* better = redirects_.find(destination);
    if (better != nullptr && known.state_of(better->address) != neighbour_cache::state::failed)
      return better->address;
    if (better != nullptr) redirects_.erase(destination);
  }
  const route* best = nullptr;
  for (const route& each : routes_)
    if (each.to.contains(destination) && (best == nullptr || each.to.length() > best->to.length()))
      best = &each;
  for (const prefix& each : prefixes_)
    if (each.until > now && each.network.contains(destination) &&
        (best == nullptr || each.network.length() >= best->to.length()))
      return destination;
  if (best != nullptr) return best->gateway;
  return default_router(known);
}

std::optional<std::uint8_t> first_hops::prefix_length_to(const ipv6_address& destination,
                                                         instant now) const noexcept {
  constexpr std::uint8_t link = 64;  // RFC 4291 §2.5.6
  if (destination.is_link_local()) return link;
  std::optional<std::uint8_t> longest;
  const auto take = [&](const ipv6_prefix& to) {
    const auto length = static_cast<std::uint8_t>(to.length());
    if (to.contains(destination) && (!longest || length > *longest)) longest = length;
  };
  for (const route& each : routes_) take(each.to);
  for (const prefix& each : prefixes_)
    if (each.until > now) take(each.network);
  if (!longest && !routers_.empty()) longest = std::uint8_t{0};
  return longest;
}

// RFC 4861 §6.3.6: those of whom nothing is known to be wrong first; else each in its turn, so that each is
// asked whether it is there. Asking for the way does not change it: a packet may ask more than once.
std::optional<ipv6_address> first_hops::default_router(neighbour_cache& known) noexcept {
  if (routers_.empty()) return std::nullopt;
  for (const router& each : routers_)
    if (known.is_probably_reachable(each.address)) return each.address;
  for (std::size_t i = 0; i < routers_.size(); ++i) {
    const ipv6_address& next = routers_[(turn_ + i) % routers_.size()].address;
    if (known.state_of(next) != neighbour_cache::state::failed) return next;
  }
  return routers_[turn_ % routers_.size()].address;
}

void first_hops::unanswered(const ipv6_address& neighbour) noexcept {
  if (!routers_.empty() && routers_[turn_ % routers_.size()].address == neighbour) ++turn_;
}

bool first_hops::is_on_link(const ipv6_address& destination, instant now) const noexcept {
  return destination.is_link_local() || std::ranges::any_of(prefixes_, [&](const prefix& each) {
           return each.until > now && each.network.contains(destination);
         });
}

void first_hops::expire(instant now) noexcept {
  erase_if(prefixes_, [&](const prefix& each) { return each.until <= now; });
  while (true) {
    const auto over = std::ranges::find_if(routers_, [&](const router& each) { return each.until <= now; });
    if (over == routers_.end()) return;
    const ipv6_address address = over->address;
    remove_router(address);
  }
}

instant first_hops::next_timeout() const noexcept {
  instant next = never;
  for (const prefix& each : prefixes_) next = std::min(next, each.until);
  for (const router& each : routers_) next = std::min(next, each.until);
  return next;
}

}  // namespace mirage
