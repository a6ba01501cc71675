// SPDX-License-Identifier: ISC
#include "mirage/arp/neighbour_table.hpp"

#include <algorithm>
#include <utility>

namespace mirage {

namespace {
constexpr unsigned broadcast_tries = 3;
constexpr unsigned unicast_tries = 2;
constexpr duration between_tries = 1s;  // RFC 1122 §2.3.2.1: at most one a second for a destination
}  // namespace

neighbour_table::neighbour_table(const arp_options& options)
    : fresh_(options.fresh),
      negative_(options.negative),
      capacity_(options.neighbours),
      most_unresolved_((options.neighbours + 1) / 2),
      index_(options.neighbours) {
  entries_.reserve(capacity_);
}

neighbour_table::found neighbour_table::lookup(ipv4_address who, instant now) noexcept {
  entry* known = find(who);
  if (known == nullptr) {
    const bool room = unresolved_ < most_unresolved_ || evict(state::failed);
    known = room ? make(who, true) : nullptr;
    if (known == nullptr) return {answer::full};
    set_deadline(*known, now);
  }
  known->used = true;
  switch (known->is) {
    case state::reachable:
    case state::checking: return {answer::known, known->mac};
    case state::asking: return {answer::asking};
    case state::failed: return {answer::failed};
  }
  std::unreachable();
}

neighbour_table::merge neighbour_table::heard(ipv4_address who, mac_address mac, bool add,
                                              instant now) noexcept {
  entry* known = find(who);
  if (known == nullptr && add) known = make(who, false);
  if (known == nullptr) return merge::none;
  const bool was_known = known->is == state::reachable || known->is == state::checking;
  const bool moved = was_known && known->mac != mac;
  known->mac = mac;
  become(*known, state::reachable);
  known->used = false;
  set_deadline(*known, later(now, fresh_));
  if (moved) return merge::moved;
  return was_known ? merge::confirmed : merge::learned;
}

arp_action neighbour_table::poll(instant now) noexcept {
  if (sweep_ == 0 && due_ <= now) {
    sweep_ = entries_.size();
    due_ = never;
  }
  // From the back: whoever fills the gap of one that is erased has been looked at already.
  while (sweep_ > 0)
    if (const arp_action wanted = tend(--sweep_, now); wanted.what != arp_action::kind::none) return wanted;
  return {};
}

arp_action neighbour_table::tend(std::size_t at, instant now) noexcept {
  entry& one = entries_[at];
  if (one.deadline > now) {
    due_ = std::min(due_, one.deadline);
    return {};
  }
  switch (one.is) {
    case state::reachable:
      if (!one.used) break;
      become(one, state::checking);
      one.tries = 0;
      return ask(one, one.mac, now);
    case state::checking:
      if (one.tries < unicast_tries) return ask(one, one.mac, now);
      // It serves on: on a lossy link it is there, and if it has moved it says so.
      if (one.tries < unicast_tries + broadcast_tries) return ask(one, mac_address::broadcast(), now);
      break;
    case state::asking:
      if (one.tries < broadcast_tries) return ask(one, mac_address::broadcast(), now);
      become(one, state::failed);
      set_deadline(one, later(now, negative_));
      return {.what = arp_action::kind::failed, .target = one.address};
    case state::failed: break;
  }
  erase(at);
  return {};
}

arp_action neighbour_table::ask(entry& of, mac_address to, instant now) noexcept {
  ++of.tries;
  set_deadline(of, later(now, between_tries));
  return {.what = arp_action::kind::send, .target = of.address, .to = to};
}

neighbour_table::entry* neighbour_table::find(ipv4_address who) noexcept {
  const std::uint32_t* at = index_.find(who);
  return at == nullptr ? nullptr : &entries_[*at];
}

neighbour_table::entry* neighbour_table::make(ipv4_address who, bool used_may_go) noexcept {
  if (entries_.size() == capacity_ && !make_room(used_may_go)) return nullptr;
  std::uint32_t* at = index_.insert(who);
  if (at == nullptr) return nullptr;
  *at = static_cast<std::uint32_t>(entries_.size());
  ++unresolved_;
  return &entries_.emplace_back(entry{.address = who});
}

// One that is being asked for is never put out: packets wait for it. One that is used goes only for another
// that we ask for ourselves, so strangers who introduce themselves cannot push it out.
bool neighbour_table::make_room(bool used_may_go) noexcept {
  for (const bool used : {false, true}) {
    if (used && !used_may_go) return false;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const std::size_t at = (hand_ + i) % entries_.size();
      const entry& one = entries_[at];
      if (one.is == state::asking || (one.used && one.is != state::failed && !used)) continue;
      hand_ = at;
      erase(at);
      return true;
    }
  }
  return false;
}

bool neighbour_table::evict(state what) noexcept {
  const auto found = std::ranges::find(entries_, what, &entry::is);
  if (found == entries_.end()) return false;
  erase(static_cast<std::size_t>(found - entries_.begin()));
  return true;
}

void neighbour_table::become(entry& one, state next) noexcept {
  const auto counts = [](state is) { return is == state::asking || is == state::failed ? 1U : 0U; };
  unresolved_ = unresolved_ + counts(next) - counts(one.is);
  one.is = next;
}

void neighbour_table::erase(std::size_t at) noexcept {
  become(entries_[at], state::reachable);
  index_.erase(entries_[at].address);
  if (at + 1 != entries_.size()) {
    entries_[at] = entries_.back();
    *index_.find(entries_[at].address) = static_cast<std::uint32_t>(at);
  }
  entries_.pop_back();
  sweep_ = std::min(sweep_, entries_.size());
}

void neighbour_table::set_deadline(entry& of, instant when) noexcept {
  of.deadline = when;
  due_ = std::min(due_, when);
}

}  // namespace mirage
