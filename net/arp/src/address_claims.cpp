// SPDX-License-Identifier: ISC
#include "mirage/arp/address_claims.hpp"

#include <algorithm>
#include <bit>

#include "mirage/core/hash.hpp"

namespace mirage {

namespace {

// RFC 5227 §1.1
constexpr duration probe_wait = 1s;
constexpr duration probe_min = 1s;
constexpr duration probe_max = 2s;
constexpr unsigned probe_num = 3;
constexpr duration announce_wait = 2s;
constexpr duration announce_interval = 2s;
constexpr unsigned announce_num = 2;
constexpr duration defend_interval = 10s;

[[nodiscard]] arp_action packet_from(ipv4_address sender, ipv4_address target) noexcept {
  return {.what = arp_action::kind::send, .sender = sender, .target = target, .to = mac_address::broadcast()};
}

}  // namespace

address_claims::address_claims(std::size_t capacity, std::uint64_t seed)
    : capacity_(capacity), random_(seed) {
  claims_.reserve(capacity);
}

bool address_claims::add(ipv4_address address, bool probe, instant now) {
  if (find(address) != nullptr) return true;
  if (claims_.size() == capacity_) return false;
  if (probe)
    claims_.push_back({address, state::probing, 0, later(now, random_between({}, probe_wait))});
  else
    claims_.push_back({address, state::announcing, 0, now});
  return true;
}

void address_claims::remove(ipv4_address address) noexcept {
  std::erase_if(claims_, [&](const claim& one) { return one.address == address; });
}

void address_claims::announce(instant now) noexcept {
  for (claim& one : claims_) {
    if (one.is == state::probing) continue;
    one.is = state::announcing;
    one.sent = 0;
    one.deadline = now;
  }
}

bool address_claims::is_ours(ipv4_address address) const noexcept {
  const claim* one = find(address);
  return one != nullptr && one->is != state::probing;
}

bool address_claims::is_probing(ipv4_address address) const noexcept {
  const claim* one = find(address);
  return one != nullptr && one->is == state::probing;
}

ipv4_address address_claims::nearest(ipv4_address target) const noexcept {
  ipv4_address best;
  int longest = -1;
  for (const claim& one : claims_) {
    const int common = std::countl_zero(one.address.value() ^ target.value());
    if (one.is == state::probing || common <= longest) continue;
    longest = common;
    best = one.address;
  }
  return best;
}

arp_action address_claims::heard(ipv4_address sender, ipv4_address target, mac_address mac,
                                 instant now) noexcept {
  // Somebody else probes for it at the same time (§2.1.1).
  const ipv4_address about = sender.is_unspecified() ? target : sender;
  const auto one = std::ranges::find(claims_, about, &claim::address);
  if (one == claims_.end()) return {};
  const arp_action conflict{.what = arp_action::kind::conflict, .target = about, .to = mac};
  if (one->is == state::probing) {
    claims_.erase(one);
    return conflict;
  }
  // A probe for what is ours is answered like any request.
  if (sender.is_unspecified()) return {};
  if (!one->was_defended || one->defended <= now - defend_interval) {
    one->was_defended = true;
    one->defended = now;
    one->is = state::announcing;
    one->sent = announce_num - 1;
    one->deadline = now;
  }
  return conflict;
}

arp_action address_claims::poll(instant now) noexcept {
  for (claim& one : claims_)
    if (one.deadline <= now) return tend(one, now);
  return {};
}

arp_action address_claims::tend(claim& one, instant now) noexcept {
  if (one.is == state::announcing) return announce(one, now);
  if (one.sent < probe_num) {
    ++one.sent;
    const duration wait = one.sent == probe_num ? announce_wait : random_between(probe_min, probe_max);
    one.deadline = later(now, wait);
    return packet_from({}, one.address);
  }
  one.is = state::announcing;
  one.sent = 0;
  return {.what = arp_action::kind::claimed, .target = one.address};
}

arp_action address_claims::announce(claim& one, instant now) noexcept {
  if (++one.sent < announce_num) {
    one.deadline = later(now, announce_interval);
  } else {
    one.is = state::ready;
    one.deadline = never;
  }
  return packet_from(one.address, one.address);
}

instant address_claims::next_timeout() const noexcept {
  instant next = never;
  for (const claim& one : claims_) next = std::min(next, one.deadline);
  return next;
}

const address_claims::claim* address_claims::find(ipv4_address address) const noexcept {
  const auto found = std::ranges::find(claims_, address, &claim::address);
  return found == claims_.end() ? nullptr : &*found;
}

duration address_claims::random_between(duration least, duration most) noexcept {
  random_ = hash_mix(random_, 1);
  const auto range = static_cast<std::uint64_t>((most - least).count()) + 1;
  return least + duration{static_cast<std::int64_t>(random_ % range)};
}

}  // namespace mirage
