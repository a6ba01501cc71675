// SPDX-License-Identifier: ISC
#include "mirage/dns_resolver/record_cache.hpp"

#include <algorithm>
#include <utility>

#include "mirage/core/hash.hpp"
#include "mirage/core/os.hpp"

namespace mirage {

namespace {

constexpr std::uint32_t longest_ttl = 86400;

}  // namespace

dns_record_cache::dns_record_cache(std::size_t capacity) : facts_(capacity), seed_(os::random64()) {}
dns_record_cache::~dns_record_cache() = default;

dns_record_cache::key dns_record_cache::key_of(dns::name_view name, dns::record_type type) const noexcept {
  return {hash_mix(name.hash(seed_), static_cast<std::uint64_t>(type))};
}

dns_record_cache::entry* dns_record_cache::search(dns::name_view name, dns::record_type type) noexcept {
  const auto* const found = facts_.find(key_of(name, type));
  if (found == nullptr) return nullptr;
  entry& there = **found;
  // Two names of one key: the seed is secret, so nobody can make them meet.
  if (there.name.view() != name) return nullptr;
  there.unlink();
  by_use_.push_back(there);
  return &there;
}

dns_fact* dns_record_cache::find_exactly(dns::name_view name, dns::record_type type, instant now) noexcept {
  entry* const found = search(name, type);
  return found != nullptr && found->fact.until > now ? &found->fact : nullptr;
}

dns_fact* dns_record_cache::find(dns::name_view name, dns::record_type type, instant now) noexcept {
  if (dns_fact* found = find_exactly(name, type, now)) return found;
  for (dns::name_view above = name; !above.is_root(); above = above.parent())
    if (dns_fact* found = find_exactly(above, any_type, now)) return found;
  return nullptr;
}

dns_fact* dns_record_cache::find_stale(dns::name_view name, dns::record_type type, instant now,
                                       duration most) noexcept {
  entry* const found = search(name, type);
  const bool is_usable = found != nullptr && found->fact.what == dns_fact::kind::records &&
                         found->fact.from == dns_fact::trust::answer && later(found->fact.until, most) > now;
  return is_usable ? &found->fact : nullptr;
}

void dns_record_cache::keep(dns::name_view name, dns::record_type type, dns_fact fact, std::uint32_t ttl,
                            instant now) {
  if (fact.what == dns_fact::kind::no_name) type = any_type;
  const key at = key_of(name, type);
  entry* to = search(name, type);
  if (to != nullptr && to->fact.until > now && to->fact.from > fact.from) return;
  if (to == nullptr) {
    if (facts_.full() && facts_.find(at) == nullptr) {
      const key oldest = static_cast<entry&>(by_use_.front()).at;
      facts_.erase(oldest);
    }
    auto* const place = facts_.find_or_insert(at);
    *place = std::make_unique<entry>();
    to = place->get();
    by_use_.push_back(*to);
  }
  // Nothing is forgotten at once: whoever asked still has to read it.
  const auto holds = std::chrono::seconds(std::clamp<std::uint32_t>(ttl, 1, longest_ttl));
  to->at = at;
  to->name = name;
  to->fact = std::move(fact);
  to->fact.until = later(now, holds);
  to->fact.number = ++kept_;
}

}  // namespace mirage
