// SPDX-License-Identifier: ISC
#include "mirage/ndp/first_hops.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

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

bool first_hops::set_told_route(const ipv6_prefix& to, const ipv6_address& router,
                                router_preference preference, instant until, instant now) noexcept {
  const auto known = std::ranges::find_if(
      told_, [&](const told_route& each) { return each.router == router && each.to == to.network(); });
  if (known != told_.end()) {
    known->preference = preference;
    known->until = until;
    known->silent = 0;
    expire(now);
    return true;
  }
  if (until <= now) return true;
  if (told_.full()) return false;
  told_.push_back({to.network(), router, preference, until});
  return true;
}

void first_hops::remove_router(const ipv6_address& router) noexcept {
  erase_if(told_, [&](const told_route& each) { return each.router == router; });
  forget_redirects_to(router);
}

// What goes by way of it is looked up anew (RFC 4861 §7.2.5, §6.3.5).
void first_hops::forget_redirects_to(const ipv6_address& router) noexcept {
  while (true) {
    std::optional<ipv6_address> gone;
    redirects_.for_each([&](const ipv6_address& destination, const better_hop& hop) {
      if (hop.address == router) gone = destination;
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
  const route* configured = configured_route(destination);
  for (const prefix& each : prefixes_)
    if (each.until > now && each.network.contains(destination) &&
        (configured == nullptr || each.network.length() >= configured->to.length()))
      return destination;
  const told_route* told = best_told(destination, known, now);
  if (configured != nullptr && (told == nullptr || configured->to.length() >= told->to.length()))
    return configured->gateway;
  return told == nullptr ? std::nullopt : std::optional(told->router);
}

const first_hops::route* first_hops::configured_route(const ipv6_address& destination) const noexcept {
  const route* best = nullptr;
  for (const route& each : routes_)
    if (each.to.contains(destination) && (best == nullptr || each.to.length() > best->to.length()))
      best = &each;
  return best;
}

// RFC 4191 §3.2, RFC 4861 §6.3.6: routers of whom nothing is known to be wrong, else each in its turn; then
// the longest prefix, the preference, and who is known to be there.
const first_hops::told_route* first_hops::best_told(const ipv6_address& destination, neighbour_cache& known,
                                                    instant now) const noexcept {
  const auto rank = [&](const told_route& one) {
    const bool is_there = known.is_probably_reachable(one.router);
    const std::uint64_t silent = is_there ? 0 : one.silent;
    return std::tuple(~silent, one.to.length(), one.preference, is_there);
  };
  const told_route* best = nullptr;
  for (const told_route& each : told_)
    if (each.until > now && each.to.contains(destination) && (best == nullptr || rank(each) > rank(*best)))
      best = &each;
  return best;
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
  for (const told_route& each : told_)
    if (each.until > now) take(each.to);
  return longest;
}

void first_hops::unanswered(const ipv6_address& neighbour) noexcept {
  ++silences_;
  for (told_route& each : told_)
    if (each.router == neighbour) each.silent = silences_;
}

bool first_hops::is_on_link(const ipv6_address& destination, instant now) const noexcept {
  return destination.is_link_local() || std::ranges::any_of(prefixes_, [&](const prefix& each) {
           return each.until > now && each.network.contains(destination);
         });
}

void first_hops::expire(instant now) noexcept {
  erase_if(prefixes_, [&](const prefix& each) { return each.until <= now; });
  while (true) {
    const auto over = std::ranges::find_if(told_, [&](const told_route& each) { return each.until <= now; });
    if (over == told_.end()) return;
    const told_route gone = *over;
    erase_if(told_, [&](const told_route& each) { return each.router == gone.router && each.to == gone.to; });
    if (gone.is_default()) forget_redirects_to(gone.router);
  }
}

instant first_hops::next_timeout() const noexcept {
  instant next = never;
  for (const prefix& each : prefixes_) next = std::min(next, each.until);
  for (const told_route& each : told_) next = std::min(next, each.until);
  return next;
}

}  // namespace mirage
