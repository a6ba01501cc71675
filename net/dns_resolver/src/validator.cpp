// SPDX-License-Identifier: ISC
#include "mirage/dns_resolver/validator.hpp"

#include <algorithm>
#include <utility>

#include "judge.hpp"
#include "mirage/core/os.hpp"
#include "mirage/dns/wall_seconds.hpp"

namespace mirage {

using dns::record_type;

namespace {

constexpr std::uint32_t longest_trust = 3600;

/// In the arithmetic of signatures' times (RFC 4034 §3.1.5).
std::uint32_t wall_seconds() noexcept { return static_cast<std::uint32_t>(dns::wall_seconds()); }

std::uint32_t seconds_until(instant until) noexcept {
  const auto left = std::chrono::floor<std::chrono::seconds>(until - os::now()).count();
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(left, 1, longest_trust));
}

dns_judgement indeterminate() noexcept {
  return {.found = dns_security::indeterminate, .why = dns::extended_error::dnssec_indeterminate};
}

}  // namespace

dns_validator::dns_validator(dns_fact_source& source, std::span<const dns_trust_anchor> anchors,
                             std::size_t zones)
    : source_(source), zones_(zones) {
  dns_record_set all;
  for (const dns_trust_anchor& each : anchors) all.add(each.rdata());
  anchors_ = std::move(all.data);
}

std::optional<dns_validator::trust> dns_validator::remembered(dns::name_view zone) noexcept {
  const dns_fact* const found = zones_.find(zone, record_type::dnskey, os::now());
  if (found == nullptr) return std::nullopt;
  return trust{
      {.found = found->judged.found, .ttl = seconds_until(found->until)}, dns::name(zone), found->set.data};
}

void dns_validator::remember(const trust& of) {
  dns_fact fact;
  fact.set = {.owner = of.zone, .type = record_type::dnskey, .data = of.keys};
  fact.judged = of.judged;
  zones_.keep(of.zone, record_type::dnskey, std::move(fact), std::min(of.judged.ttl, longest_trust),
              os::now());
}

/// The keys of a zone, of which one is in the DS records.
task<dns_validator::trust> dns_validator::enter(dns::name zone, std::vector<std::byte> trusted,
                                                std::uint32_t ttl, dns_budget& left) {
  auto keys = co_await source_.fetch(zone, record_type::dnskey, left);
  if (!keys) co_return trust{indeterminate(), zone, {}};
  trust made{{}, zone, std::move(keys->set.data)};
  const bool are_there = keys->what == dns_fact::kind::records && keys->set.type == record_type::dnskey;
  if (!are_there) {
    made.judged = {.found = dns_security::bogus, .why = dns::extended_error::dnskey_missing};
  } else {
    const std::uint32_t now = wall_seconds();
    const auto checked = check_keys(made.keys, keys->set.signatures, zone, trusted, now, left.signatures);
    made.judged = judgement_of(checked, now);
    made.judged.ttl = std::min({made.judged.ttl, ttl, seconds_until(keys->until)});
  }
  if (made.judged.found == dns_security::secure)
    remember(made);
  else
    source_.distrust(zone, record_type::dnskey, *keys);
  co_return made;
}

task<dns_validator::trust> dns_validator::follow(dns::name target, dns_budget& left) {
  std::optional<trust> here;
  for (dns::name_view above = target; !here; above = above.parent()) {
    here = remembered(above);
    if (above.is_root()) break;
  }
  if (!here) here = co_await enter(dns::name(), anchors_, longest_trust, left);
  const unsigned all = target.view().labels();
  for (unsigned labels = here->zone.view().labels() + 1; labels <= all; ++labels) {
    if (here->judged.found != dns_security::secure) break;
    const dns::name below(target.view().suffix(labels));
    auto fact = co_await source_.fetch(below, record_type::ds, left);
    if (!fact) co_return trust{indeterminate(), below, {}};
    const dns_signer by{here->zone, here->keys, wall_seconds()};
    dns_judgement found = judge_delegation(below, *fact, by, left.signatures);
    if (found.found == dns_security::unchecked) continue;  // the zone goes on
    found.ttl = std::min({found.ttl, here->judged.ttl, seconds_until(fact->until)});
    if (found.found == dns_security::secure) {
      here = co_await enter(below, std::move(fact->set.data), found.ttl, left);
      continue;
    }
    here = trust{found, below, {}};
    if (found.found == dns_security::insecure)
      remember(*here);
    else
      source_.distrust(below, record_type::ds, *fact);
  }
  co_return *std::move(here);
}

task<dns_judgement> dns_validator::judge(dns::name name, record_type type, dns_fact fact, dns_budget& left) {
  // Signatures are not signed.
  if (!is_on() || type == record_type::rrsig) co_return dns_judgement{.found = dns_security::insecure};
  auto trusted = co_await follow(signer_of(name, type, fact), left);
  if (trusted.judged.found != dns_security::secure) co_return trusted.judged;
  const dns_signer by{trusted.zone, trusted.keys, wall_seconds()};
  co_return judge_fact(name, type, fact, by, left.signatures);
}

}  // namespace mirage
