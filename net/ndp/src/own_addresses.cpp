// SPDX-License-Identifier: ISC
#include "mirage/ndp/own_addresses.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "mirage/core/hash.hpp"
#include "mirage/ndp/messages.hpp"

namespace mirage {

namespace {

constexpr duration max_rtr_solicitation_delay = 1s;  // RFC 4861 §10
constexpr duration two_hours = 2h;

[[nodiscard]] instant lasts(std::uint32_t lifetime, instant now) noexcept {
  if (lifetime == prefix_information::forever) return never;
  return later(now, lifetime * duration{1s});
}

[[nodiscard]] bool may_be_a_hosts(const ipv6_address& address) noexcept {
  return !address.is_unspecified() && !address.is_multicast() && !address.is_loopback() &&
         !address.is_v4_mapped();
}

[[nodiscard]] int common_bits(const ipv6_address& one, const ipv6_address& other) noexcept {
  const int high = std::countl_zero(one.high() ^ other.high());
  return high < 64 ? high : 64 + std::countl_zero(one.low() ^ other.low());
}

}  // namespace

// RFC 4862 §5.4.2: hosts that start at once do not speak at once.
bool own_addresses::add(own_address what, instant now) noexcept {
  if (!may_be_a_hosts(what.address())) return false;
  if (find(what.address()) != nullptr) return true;
  if (all_.full()) return false;
  what.tentative = true;
  what.detections = detections_;
  random_ = hash_mix(random_, 1);
  const auto range = static_cast<std::uint64_t>(max_rtr_solicitation_delay.count());
  what.deadline = detections_ == 0 ? now : later(now, duration{static_cast<std::int64_t>(random_ % range)});
  all_.push_back(what);
  return true;
}

// It has no network: what is on the link, routers say.
bool own_addresses::lease(const ipv6_address& address, instant preferred, instant valid,
                          instant now) noexcept {
  if (!add({.network = {address, 128}}, now)) return false;
  own_address& leased = *find_mutable(address);
  leased.preferred_until = preferred;
  leased.valid_until = valid;
  return true;
}

void own_addresses::remove(const ipv6_address& address) noexcept {
  inline_vector<own_address, most> kept;
  for (const own_address& each : all_)
    if (each.address() != address) kept.push_back(each);
  all_ = kept;
  list_usable();
}

void own_addresses::announce(instant now) noexcept {
  for (own_address& each : all_) {
    if (each.tentative) continue;
    each.to_be_announced = true;
    each.deadline = now;
  }
}

bool own_addresses::is_ours(const ipv6_address& address) const noexcept {
  return std::ranges::find(usable_, address) != usable_.end();
}

const own_address* own_addresses::find(const ipv6_address& address) const noexcept {
  const auto found = std::ranges::find(all_, address, &own_address::address);
  return found == all_.end() ? nullptr : found;
}

own_address* own_addresses::find_mutable(const ipv6_address& address) noexcept {
  const auto found = std::ranges::find(all_, address, &own_address::address);
  return found == all_.end() ? nullptr : found;
}

ipv6_address own_addresses::speaker_to(const ipv6_address& target) const noexcept {
  ipv6_address best;
  int most_common = -1;
  for (const ipv6_address& each : usable_) {
    if (each.is_link_local()) return each;
    if (const int common = common_bits(each, target); common > most_common) {
      most_common = common;
      best = each;
    }
  }
  return best;
}

bool own_addresses::refresh(const ipv6_prefix& prefix, std::uint32_t valid, std::uint32_t preferred,
                            instant now) noexcept {
  bool known = false;
  for (own_address& each : all_) {
    if (!each.formed || !prefix.contains(each.address())) continue;
    known = true;
    each.preferred_until = lasts(preferred, now);
    // Who is not authenticated cannot take an address away at once (§5.5.3 (e)).
    const instant wanted = lasts(valid, now);
    const instant guarded = later(now, two_hours);
    if (wanted > guarded || wanted > each.valid_until)
      each.valid_until = wanted;
    else if (each.valid_until > guarded)
      each.valid_until = guarded;
  }
  return known;
}

ndp_action own_addresses::contested(const ipv6_address& address, own_address& lost) noexcept {
  const own_address* one = find(address);
  if (one == nullptr) return {};
  lost = *one;
  if (one->tentative) remove(address);
  return {.what = ndp_action::kind::duplicate, .target = address};
}

ndp_action own_addresses::poll(instant now) noexcept {
  for (own_address& each : all_) {
    if (each.valid_until <= now) {
      const ipv6_address address = each.address();
      remove(address);
      return {.what = ndp_action::kind::gone, .target = address};
    }
    if (each.deadline <= now) return tend(each, now);
  }
  return {};
}

ndp_action own_addresses::tend(own_address& one, instant now) noexcept {
  if (one.detections > 0) {
    --one.detections;
    one.deadline = later(now, retransmit_);
    return {.what = ndp_action::kind::solicit_neighbour,
            .destination = solicited_node(one.address()),
            .target = one.address(),
            .link = multicast_station(solicited_node(one.address()))};
  }
  one.deadline = never;
  if (std::exchange(one.to_be_announced, false))
    return {.what = ndp_action::kind::advertise,
            .source = one.address(),
            .destination = all_nodes,
            .target = one.address(),
            .link = multicast_station(all_nodes)};
  one.tentative = false;
  list_usable();
  return {.what = ndp_action::kind::usable, .target = one.address()};
}

instant own_addresses::next_timeout() const noexcept {
  instant next = never;
  for (const own_address& each : all_) next = std::min({next, each.deadline, each.valid_until});
  return next;
}

void own_addresses::list_usable() noexcept {
  const auto rank = [](const own_address& one) {
    if (one.address().is_link_local()) return 2;
    return one.formed ? 1 : 0;
  };
  usable_.clear();
  for (int wanted = 0; wanted <= 2; ++wanted)
    for (const own_address& each : all_)
      if (!each.tentative && rank(each) == wanted) usable_.push_back(each.address());
}

}  // namespace mirage
