// SPDX-License-Identifier: ISC
#include "mirage/ndp/neighbour_cache.hpp"

#include <utility>

#include "mirage/core/hash.hpp"

namespace mirage {

namespace {
// RFC 4861 §10
constexpr unsigned max_multicast_solicit = 3;
constexpr unsigned max_unicast_solicit = 3;
constexpr duration delay_first_probe_time = 5s;
}  // namespace

neighbour_cache::neighbour_cache(const ndp_options& options, std::uint64_t seed)
    : reachable_(options.reachable),
      retransmit_(options.retransmit),
      negative_(options.negative),
      random_(seed),
      most_unresolved_((options.neighbours + 1) / 2),
      table_(options.neighbours) {}

neighbour_cache::found neighbour_cache::lookup(const ipv6_address& who, instant now,
                                               const ipv6_address& asker) noexcept {
  entry* known = table_.find(who);
  if (known == nullptr) {
    const bool room =
        unresolved_ < most_unresolved_ || put_out([](const entry& one) { return one.is == state::failed; });
    known = room ? make(who, true) : nullptr;
    if (known == nullptr) return {answer::full};
    known->asker = asker;
    table_.set_deadline(*known, now);
  }
  switch (known->is) {
    case state::incomplete: return {answer::asking};
    case state::failed: return {answer::failed};
    case state::reachable:
      if (known->deadline > now) break;
      [[fallthrough]];
    case state::stale:
      known->asker = asker;
      become(*known, state::delay, now);
      return {answer::known, known->mac, true};
    case state::delay:
    case state::probe: break;
  }
  return {answer::known, known->mac};
}

ndp_action neighbour_cache::heard(const ipv6_address& who, mac_address mac, bool add, instant now) noexcept {
  entry* known = table_.find(who);
  if (known == nullptr && add) known = make(who, false);
  if (known == nullptr) return {};
  const bool waited = known->is == state::incomplete && known->deadline != never;
  if (has_mac(*known) && known->mac == mac) return {};
  known->mac = mac;
  become(*known, state::stale, now);
  if (!waited) return {};
  return {.what = ndp_action::kind::resolved, .target = who, .link = mac};
}

ndp_action neighbour_cache::advertised(const neighbour_advertisement& told, instant now) noexcept {
  entry* known = table_.find(told.target);
  if (known == nullptr) return {};
  if (!has_mac(*known)) {
    if (!told.target_link) return {};
    const bool waited = known->is == state::incomplete;
    known->mac = *told.target_link;
    known->router = told.router;
    become(*known, told.solicited ? state::reachable : state::stale, now);
    if (!waited) return {};
    return {.what = ndp_action::kind::resolved, .target = told.target, .link = known->mac};
  }
  const bool moves = told.target_link && *told.target_link != known->mac;
  if (moves && !told.overrides) {
    if (known->is == state::reachable) become(*known, state::stale, now);
    return {};
  }
  if (moves) known->mac = *told.target_link;
  if (told.solicited)
    become(*known, state::reachable, now);
  else if (moves)
    become(*known, state::stale, now);
  known->router = told.router;
  return {};
}

void neighbour_cache::set_router(const ipv6_address& who, bool is) noexcept {
  if (entry* known = table_.find(who)) known->router = is;
}

bool neighbour_cache::is_probably_reachable(const ipv6_address& who) noexcept {
  const entry* known = table_.find(who);
  return known != nullptr && has_mac(*known);
}

bool neighbour_cache::is_router(const ipv6_address& who) noexcept {
  const entry* known = table_.find(who);
  return known != nullptr && known->router;
}

std::optional<neighbour_cache::state> neighbour_cache::state_of(const ipv6_address& who) noexcept {
  const entry* known = table_.find(who);
  if (known == nullptr) return std::nullopt;
  return known->is;
}

ndp_action neighbour_cache::poll(instant now) noexcept {
  return table_.sweep(now, [&](entry& one) { return tend(one, now); });
}

ndp_action neighbour_cache::tend(entry& one, instant now) noexcept {
  switch (one.is) {
    case state::stale: return {};
    case state::reachable: become(one, state::stale, now); return {};
    case state::delay:
      one.is = state::probe;
      one.tries = 0;
      return ask(one, now);
    case state::incomplete:
      if (one.tries < max_multicast_solicit) return ask(one, now);
      break;
    case state::probe:
      if (one.tries < max_unicast_solicit) return ask(one, now);
      // The next packet asks everybody, and looks for another first hop before (§7.3.3).
      erase(one);
      return {};
    case state::failed: erase(one); return {};
  }
  become(one, state::failed, now);
  return {.what = ndp_action::kind::failed, .target = one.key};
}

ndp_action neighbour_cache::ask(entry& one, instant now) noexcept {
  ++one.tries;
  table_.set_deadline(one, later(now, retransmit_));
  ndp_action wanted{.what = ndp_action::kind::solicit_neighbour, .source = one.asker, .target = one.key};
  if (one.is == state::probe) {
    wanted.destination = one.key;
    wanted.link = one.mac;
  }
  return wanted;
}

// One that is asked for is never put out: packets wait for it. One that is in use goes only for another that
// we ask for ourselves, so strangers who introduce themselves cannot push it out.
neighbour_cache::entry* neighbour_cache::make(const ipv6_address& who, bool in_use_may_go) noexcept {
  const auto idle = [](const entry& one) { return one.is == state::stale || one.is == state::failed; };
  const auto in_use = [](const entry& one) { return one.is != state::incomplete; };
  if (table_.full() && !put_out(idle) && in_use_may_go) put_out(in_use);
  entry* made = table_.insert(who);
  if (made != nullptr) ++unresolved_;
  return made;
}

template <class MayGo>
bool neighbour_cache::put_out(MayGo may_go) noexcept {
  bool unresolved = false;
  const bool gone = table_.make_room([&](const entry& one) {
    unresolved = !has_mac(one);
    return may_go(one);
  });
  if (gone && unresolved) --unresolved_;
  return gone;
}

void neighbour_cache::erase(entry& one) noexcept {
  if (!has_mac(one)) --unresolved_;
  table_.erase(one);
}

void neighbour_cache::become(entry& one, state next, instant now) noexcept {
  if (!has_mac(one)) --unresolved_;
  one.is = next;
  if (!has_mac(one)) ++unresolved_;
  one.tries = 0;
  switch (next) {
    case state::reachable: return table_.set_deadline(one, later(now, random_reachable()));
    case state::delay: return table_.set_deadline(one, later(now, delay_first_probe_time));
    case state::failed: return table_.set_deadline(one, later(now, negative_));
    case state::incomplete:
    case state::stale:
    case state::probe: return table_.set_deadline(one, never);
  }
}

// §6.3.2: between half of it and one and a half.
duration neighbour_cache::random_reachable() noexcept {
  random_ = hash_mix(random_, 1);
  return reachable_ / 2 +
         duration{static_cast<std::int64_t>(random_ % (static_cast<std::uint64_t>(reachable_.count()) + 1))};
}

}  // namespace mirage
