// SPDX-License-Identifier: ISC
#include "mirage/dns_client/cache.hpp"

#include <algorithm>
#include <utility>

namespace mirage {

dns_cache::entry* dns_cache::search(dns::name_view name, dns::record_type type, std::uint64_t hash) noexcept {
  const auto place = std::ranges::find_if(entries_, [&](const entry& each) {
    return each.hash == hash && each.type == type && dns::name_view::trusted(each.name) == name;
  });
  return place == entries_.end() ? nullptr : &*place;
}

const dns_answer* dns_cache::find(dns::name_view name, dns::record_type type, instant now) noexcept {
  entry* const found = search(name, type, name.hash());
  if (found == nullptr || found->until <= now) return nullptr;
  found->last_wanted = now;
  return &found->answer;
}

duration dns_cache::lifetime(const dns_answer& answer) const noexcept {
  switch (answer.what) {
    case dns_answer::kind::addresses: return std::min(answer.time_to_live, options_.longest_kept);
    case dns_answer::kind::failed: return 1s;
    default: return std::min(answer.time_to_live, options_.longest_denial_kept);
  }
}

void dns_cache::keep(dns::name_view name, dns::record_type type, const dns_answer& answer, instant now) {
  const duration holds = lifetime(answer);
  if (holds <= duration::zero() || options_.cache_size == 0) return;
  const std::uint64_t hash = name.hash();
  entry* to = search(name, type, hash);
  if (to == nullptr) to = &make_room(now);
  *to = {.hash = hash,
         .type = type,
         .until = later(now, holds),
         .last_wanted = now,
         .name = {name.wire().begin(), name.wire().end()},
         .answer = answer};
}

dns_cache::entry& dns_cache::make_room(instant now) {
  if (entries_.size() < options_.cache_size) return entries_.emplace_back();
  // One that holds no more goes first, whenever it was wanted.
  return *std::ranges::min_element(
      entries_, {}, [&](const entry& each) { return std::pair(each.until > now, each.last_wanted); });
}

}  // namespace mirage
