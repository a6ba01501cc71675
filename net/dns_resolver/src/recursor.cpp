// SPDX-License-Identifier: ISC
#include "mirage/dns_resolver/recursor.hpp"

#include <algorithm>
#include <utility>

#include "mirage/core/os.hpp"

namespace mirage {

using dns::record_type;

namespace {

constexpr std::uint32_t stale_ttl = 30;          // RFC 8767 §5
constexpr std::uint32_t failure_ttl = 5;         // RFC 9520 §3.2
constexpr duration bogus_time = 60s;             // RFC 4035 §4.7
constexpr std::uint32_t longest_denial = 10800;  // RFC 2308 §5
constexpr unsigned most_tries = 6;               // servers of a zone, for one question
constexpr unsigned most_looked_up = 3;           // servers of a zone whose addresses are not known

std::uint32_t seconds_left(instant until, instant now) noexcept {
  if (until <= now) return stale_ttl;
  const auto left = std::chrono::ceil<std::chrono::seconds>(until - now).count();
  return static_cast<std::uint32_t>(std::min<std::int64_t>(left, UINT32_MAX));
}

/// For how long what was judged may be told.
instant end_of(const dns_judgement& judged) noexcept {
  const bool is_bogus = judged.found == dns_security::bogus;
  return later(os::now(), is_bogus ? bogus_time : duration(std::chrono::seconds(judged.ttl)));
}

void add_fact(dns_resolution& to, dns_fact fact) {
  const std::uint32_t ttl = seconds_left(fact.until, os::now());
  if (fact.until <= os::now()) to.why = dns::extended_error::stale_answer;
  for (dns_record_set& each : fact.proof) {
    each.ttl = std::min(each.ttl, ttl);
    (each.type == record_type::dname ? to.records : to.proof).push_back(std::move(each));
  }
  fact.set.ttl = ttl;
  const bool is_denial = fact.what != dns_fact::kind::records;
  to.code = fact.what == dns_fact::kind::no_name ? dns::rcode::name_error : dns::rcode::no_error;
  if (is_denial)
    to.authority = std::move(fact.set);
  else
    to.records.push_back(std::move(fact.set));
}

}  // namespace

/// One that is being learned, for others who want the same to wait for.
struct dns_recursor::learning {
  learning(dns_recursor& in, dns::name_view of, record_type sort) : owner(in), name(of), type(sort) {
    owner.underway_.push_back(this);
  }
  learning(const learning&) = delete;
  learning& operator=(const learning&) = delete;
  // Also when the task is cancelled: whoever waits begins anew.
  ~learning() {
    std::erase(owner.underway_, this);
    ended.set();
  }
  dns_recursor& owner;
  dns::name name;
  record_type type;
  event ended;
};

/// A question to a zone's servers.
struct dns_recursor::asking {
  asking(dns_recursor& in, const dns::name& of) : owner(in), zone(of) { owner.asking_.push_back(this); }
  asking(const asking&) = delete;
  asking& operator=(const asking&) = delete;
  ~asking() { std::erase(owner.asking_, this); }
  dns_recursor& owner;
  const dns::name& zone;
};

dns_recursor::dns_recursor(std::string_view name, dns_upstream& upstream, const dns_recursor_options& options)
    : name_(name),
      upstream_(upstream),
      options_(options),
      cache_(options.facts),
      failures_(options.failures),
      servers_(options.servers),
      validator_(*this, {options_.trust_anchors.data(), options_.trust_anchors.size()}, options.zones) {}

// ---- Answers ------------------------------------------------------------------------------------------

/// What a zone's own servers said of it: records, a denial, or an alias.
dns_fact* dns_recursor::known(dns::name_view name, record_type type) noexcept {
  dns_fact* found = cache_.find(name, type, os::now());
  if (found != nullptr && found->from == dns_fact::trust::answer) return found;
  if (type == record_type::cname) return nullptr;
  found = cache_.find(name, record_type::cname, os::now());
  const bool is_alias = found != nullptr && found->what == dns_fact::kind::records;
  return is_alias ? found : nullptr;
}

dns_fact* dns_recursor::known_or_stale(dns::name_view name, record_type type) noexcept {
  if (dns_fact* found = known(name, type)) return found;
  dns_fact* stale = cache_.find_stale(name, type, os::now(), options_.longest_stale);
  if (stale == nullptr)
    stale = cache_.find_stale(name, record_type::cname, os::now(), options_.longest_stale);
  if (stale != nullptr) ++stale_;
  return stale;
}

/// A moment ago, so it is not tried again yet.
bool dns_recursor::has_failed(dns::name_view name, record_type type) noexcept {
  return failures_.find(name, type, os::now()) != nullptr;
}

task<dns_resolution> dns_recursor::resolve(dns::name name, record_type type, bool checking_disabled) {
  ++resolved_;
  dns_resolution answer;
  answer.is_secure = validator_.is_on() && !checking_disabled;
  budget left{.questions = options_.questions};
  for (unsigned aliases = 0; aliases <= options_.aliases; ++aliases) {
    if (known(name, type) != nullptr || has_failed(name, type))
      ++cached_;
    else
      co_await learn(name, type, left, 0);
    const dns_fact* found = known_or_stale(name, type);
    if (found == nullptr) break;
    dns_fact fact = *found;
    if (fact.judged.found == dns_security::unchecked && validator_.is_on() && !checking_disabled) {
      fact.judged = co_await judge(name, type, fact, left);
      fact.until = std::min(fact.until, end_of(fact.judged));
    }
    if (fact.judged.found >= dns_security::indeterminate && !checking_disabled) {
      answer.why = fact.judged.why;
      break;
    }
    answer.is_secure = answer.is_secure && fact.judged.found == dns_security::secure;
    const bool is_alias = fact.set.type == record_type::cname && type != record_type::cname;
    if (is_alias) fact.set.for_each([&](cbytes rdata) { name = name_in(rdata); });
    add_fact(answer, std::move(fact));
    if (!is_alias) co_return answer;
  }
  ++failed_;
  co_return dns_resolution{.why = answer.why};
}

// ---- What it is worth ---------------------------------------------------------------------------------

task<dns_judgement> dns_recursor::judge(dns::name name, record_type type, dns_fact fact, budget& left) {
  const std::uint64_t number = fact.number;
  auto judged = co_await validator_.judge(name, type, std::move(fact), left);
  switch (judged.found) {
    case dns_security::unchecked: break;
    case dns_security::secure: ++secure_; break;
    case dns_security::insecure: ++insecure_; break;
    case dns_security::indeterminate: ++indeterminate_; co_return judged;
    case dns_security::bogus: ++bogus_; break;
  }
  // Meanwhile another may have come in its place.
  dns_fact* const kept = known(name, type);
  if (kept != nullptr && kept->number == number) {
    kept->judged = judged;
    kept->until = std::min(kept->until, end_of(judged));
  }
  co_return judged;
}

/// What is known; and that there is no DS record, as a referral said it, which is enough to judge by, but
/// lacks the SOA record that a client wants.
dns_fact* dns_recursor::evidence(dns::name_view name, record_type type) noexcept {
  if (dns_fact* found = known(name, type)) return found;
  return type == record_type::ds ? cache_.find(name, type, os::now()) : nullptr;
}

task<std::optional<dns_fact>> dns_recursor::fetch(dns::name name, record_type type, budget& left) {
  if (evidence(name, type) == nullptr && !has_failed(name, type)) co_await learn(name, type, left, 0);
  const dns_fact* const found = evidence(name, type);
  co_return found != nullptr ? std::optional(*found) : std::nullopt;
}

void dns_recursor::distrust(dns::name_view name, record_type type, const dns_fact& fact) noexcept {
  dns_fact* const kept = evidence(name, type);
  if (kept != nullptr && kept->number == fact.number)
    kept->until = std::min(kept->until, later(os::now(), bogus_time));
}

// ---- Finding out --------------------------------------------------------------------------------------

dns_recursor::learning* dns_recursor::find_learning(dns::name_view name, record_type type) noexcept {
  for (learning* each : underway_)
    if (each->type == type && each->name.view() == name) return each;
  return nullptr;
}

/// Afterwards it is known, or known that it cannot be, unless the budget or the depth was at its end.
task<> dns_recursor::learn(dns::name name, record_type type, budget& left, unsigned depth) {
  // Who waits inside of another's work could wait for itself.
  while (depth == 0) {
    learning* const others = find_learning(name, type);
    if (others == nullptr) break;
    co_await others->ended;
    if (known(name, type) != nullptr || has_failed(name, type)) co_return;
  }
  learning mark(*this, name, type);
  const bool learned = co_await descend(name, type, left, depth);
  if (learned) co_return;
  if (left.questions == 0) ++over_budget_;
  // Where it was only the crowd, the next who asks may have more luck.
  if (depth == 0 && !left.was_crowded)
    failures_.keep(name, type, {.what = dns_fact::kind::failure}, failure_ttl, os::now());
}

/// The deepest zone whose servers are known; a DS record is the parent's (RFC 4035 §3.1.4.1).
dns::name dns_recursor::closest_zone(dns::name_view name, record_type type) noexcept {
  dns::name_view zone = type == record_type::ds ? name.parent() : name;
  for (; !zone.is_root(); zone = zone.parent()) {
    const dns_fact* servers = cache_.find(zone, record_type::ns, os::now());
    if (servers != nullptr && servers->what == dns_fact::kind::records) break;
  }
  return dns::name(zone);
}

/// From zone to zone, each time with no more of the name than its servers must know (RFC 9156 §2.3).
task<bool> dns_recursor::descend(dns::name name, record_type type, budget& left, unsigned depth) {
  dns::name zone = closest_zone(name, type);
  unsigned shown = zone.view().labels();  // labels of the name that servers have seen
  const unsigned all = name.view().labels();
  for (unsigned minimised = 0;; ++minimised) {
    shown = minimised < options_.minimised ? std::min(shown + 1, all) : all;
    const bool is_whole = shown == all;
    const dns::name asked = is_whole ? name : dns::name(name.view().suffix(shown));
    auto response = co_await ask_zone(zone, asked, is_whole ? type : record_type::a, left, depth);
    using kind = dns_response::kind;
    if (response.what == kind::referral) {
      // Always further down: a referral is to a zone below the one that was asked.
      zone = response.records.owner;
      shown = zone.view().labels();
      // A DS record lies above the cut, and its zone has been asked for it.
      if (is_whole && type == record_type::ds && zone == name) co_return false;
      continue;
    }
    // Below a name that does not exist there is none (RFC 8020).
    if (is_whole || response.what == kind::no_name) co_return response.what != kind::useless;
    // Some servers fail at names between the zone and those that it has: they are shown all of it.
    if (response.what == kind::useless) minimised = options_.minimised;
    if (left.questions == 0) co_return false;
  }
}

/// Asks the servers of a zone, one after the other, until one helps; what it said is kept.
task<dns_response> dns_recursor::ask_zone(dns::name zone, dns::name name, record_type type, budget& left,
                                          unsigned depth) {
  address_set addresses;
  name_set unknown;
  find_servers(zone, addresses, unknown);
  auto response = co_await ask_servers(addresses, zone, name, type, left);
  unsigned looked_up = 0;
  for (const dns::name& server : unknown) {
    if (response.what != dns_response::kind::useless) break;
    if (depth == options_.depth || looked_up == most_looked_up) break;
    ++looked_up;
    address_set found;
    for (const record_type version : {record_type::a, record_type::aaaa}) {
      if (known(server, version) == nullptr) co_await learn(server, version, left, depth + 1);
      add_addresses(server, version, found);
      if (!found.empty()) break;
    }
    response = co_await ask_servers(found, zone, name, type, left);
  }
  if (response.what != dns_response::kind::useless) keep(name, type, response);
  co_return response;
}

task<dns_response> dns_recursor::ask_servers(address_set servers, dns::name zone, dns::name name,
                                             record_type type, budget& left) {
  const auto is_same = [&](const asking* each) { return each->zone == zone; };
  if (std::cmp_greater_equal(std::ranges::count_if(asking_, is_same), options_.per_zone)) {
    ++crowded_;
    left.was_crowded = true;
    co_return dns_response();
  }
  const asking mark(*this, zone);
  servers_.order({servers.data(), servers.size()}, os::now(), os::random64());
  unsigned tries = 0;
  for (const ip_address& server : servers) {
    if (left.questions == 0 || tries == most_tries) break;
    ++tries;
    --left.questions;
    ++asked_;
    const instant before = os::now();
    const duration patience = servers_.patience(server, before);
    const buffer message = co_await upstream_.ask(server, name, type, patience);
    if (message.empty()) {
      ++silent_;
      servers_.failed(server, os::now());
      continue;
    }
    auto response = read_response(message.view(), zone, name, type);
    if (response.what != dns_response::kind::useless) {
      servers_.answered(server, os::now() - before, os::now());
      co_return response;
    }
    ++useless_;
    servers_.failed(server, os::now());
  }
  co_return dns_response();
}

void dns_recursor::add_addresses(dns::name_view server, record_type version, address_set& to) noexcept {
  const dns_fact* fact = cache_.find(server, version, os::now());
  if (fact == nullptr || fact->what != dns_fact::kind::records) return;
  fact->set.for_each([&](cbytes rdata) {
    if (to.full()) return;
    if (rdata.size() == ipv4_address::size) to.push_back(ipv4_address::load(rdata.data()));
    if (rdata.size() == ipv6_address::size) to.push_back(ipv6_address::load(rdata.data()));
  });
}

/// Of the servers of a zone: those whose addresses are known, and the names of the others.
void dns_recursor::find_servers(dns::name_view zone, address_set& addresses, name_set& unknown) noexcept {
  const dns_fact* servers = cache_.find(zone, record_type::ns, os::now());
  if (servers == nullptr || servers->what != dns_fact::kind::records) {
    if (!zone.is_root()) return;
    for (const ip_address& each : options_.roots)
      if (!addresses.full()) addresses.push_back(each);
    return;
  }
  // Finding addresses moves nothing in the cache, so the set stays where it is.
  servers->set.for_each([&](cbytes rdata) {
    const dns::name server = name_in(rdata);
    const std::size_t before = addresses.size();
    add_addresses(server, record_type::aaaa, addresses);
    add_addresses(server, record_type::a, addresses);
    if (addresses.size() == before && !unknown.full()) unknown.emplace_back(server);
  });
}

void dns_recursor::keep(dns::name_view name, record_type type, dns_response& response) {
  using kind = dns_response::kind;
  using trust = dns_fact::trust;
  const instant now = os::now();
  const auto store = [&](dns_fact::kind what, trust from, const dns_record_set& set) {
    cache_.keep(set.owner, set.type, {.what = what, .from = from, .set = set}, set.ttl, now);
  };
  switch (response.what) {
    case kind::answer:
    case kind::alias: {
      const std::uint32_t ttl = response.records.ttl;
      const dns::name owner = response.records.owner;
      const record_type kept = response.records.type;
      dns_fact fact{.set = std::move(response.records), .proof = std::move(response.proof)};
      return cache_.keep(owner, kept, std::move(fact), ttl, now);
    }
    case kind::referral:
      keep_delegation(response);
      store(dns_fact::kind::records, trust::referral, response.records);
      for (const dns_record_set& each : response.glue) store(dns_fact::kind::records, trust::glue, each);
      return;
    case kind::no_data:
    case kind::no_name: {
      const std::uint32_t ttl = std::min(denial_ttl(response.records), longest_denial);
      dns_fact fact{
          .what = response.what == kind::no_data ? dns_fact::kind::no_data : dns_fact::kind::no_name,
          .set = std::move(response.records),
          .proof = std::move(response.proof)};
      return cache_.keep(name, type, std::move(fact), ttl, now);
    }
    case kind::useless: return;
  }
}

/// Whether the zone below is signed comes with the referral (RFC 4035 §3.1.4), so it need not be asked for.
void dns_recursor::keep_delegation(dns_response& response) {
  const dns::name zone = response.records.owner;
  if (evidence(zone, record_type::ds) != nullptr) return;
  dns_fact fact{.set = std::move(response.delegation), .proof = std::move(response.proof)};
  std::uint32_t ttl = fact.set.ttl;
  if (fact.set.empty()) {
    if (fact.proof.empty()) return;
    fact.what = dns_fact::kind::no_data;
    fact.from = dns_fact::trust::referral;
    ttl = longest_denial;
    for (const dns_record_set& each : fact.proof) ttl = std::min(ttl, each.ttl);
  }
  cache_.keep(zone, record_type::ds, std::move(fact), ttl, os::now());
}

}  // namespace mirage
