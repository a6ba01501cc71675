// SPDX-License-Identifier: ISC
#include "judge.hpp"

#include <algorithm>
#include <vector>

#include "mirage/dns_resolver/response.hpp"

namespace mirage {

namespace {

using dns::extended_error;
using dns::record_type;

dns_judgement bogus(extended_error why) noexcept { return {.found = dns_security::bogus, .why = why}; }

extended_error error_of(dnssec::verdict found) noexcept {
  switch (found) {
    case dnssec::verdict::secure: return extended_error::other;
    case dnssec::verdict::no_signature: return extended_error::rrsigs_missing;
    case dnssec::verdict::no_key: return extended_error::dnskey_missing;
    case dnssec::verdict::not_yet_valid: return extended_error::signature_not_yet_valid;
    case dnssec::verdict::expired: return extended_error::signature_expired;
    case dnssec::verdict::bad_signature:
    case dnssec::verdict::too_costly: break;
  }
  return extended_error::dnssec_bogus;
}

/// The weaker of two.
dns_judgement both(const dns_judgement& a, const dns_judgement& b) noexcept {
  dns_judgement made = a.found < b.found ? b : a;
  made.ttl = std::min(a.ttl, b.ttl);
  return made;
}

dns_judgement judgement_of_proof(dnssec::proof found) noexcept {
  switch (found) {
    case dnssec::proof::proven: return {.found = dns_security::secure};
    case dnssec::proof::insecure: return {.found = dns_security::insecure};
    case dnssec::proof::missing: break;
  }
  return bogus(extended_error::nsec_missing);
}

dnssec::checked check(const dns_record_set& set, const dns_signer& by, dnssec::work& left) {
  return dnssec::check(set.view(), set.signatures, by.zone, by.keys, by.now, left);
}

/// Those of the records beside a fact that are signed.
std::vector<dnssec::denial_record> denials_of(const dns_fact& fact, const dns_signer& by,
                                              dnssec::work& left) {
  std::vector<dnssec::denial_record> made;
  for (const dns_record_set& each : fact.proof) {
    if (each.type != record_type::nsec && each.type != record_type::nsec3) continue;
    const dnssec::checked checked = check(each, by, left);
    // One that a wildcard stands for is about another name.
    if (checked.found != dnssec::verdict::secure || is_expanded(checked.by, each.owner)) continue;
    each.for_each([&](cbytes rdata) { made.push_back({each.owner, each.type, rdata}); });
  }
  return made;
}

/// The DNAME record that an alias without a signature was made of (RFC 6672 §5.3.1).
const dns_record_set* source_of(const dns_fact& fact) noexcept {
  if (fact.what != dns_fact::kind::records || fact.set.type != record_type::cname ||
      !fact.set.signatures.empty())
    return nullptr;
  for (const dns_record_set& each : fact.proof)
    if (each.type == record_type::dname && fact.set.owner.view().is_within(each.owner)) return &each;
  return nullptr;
}

/// Whether the alias is what the DNAME record makes of its owner, and nothing else (RFC 6672 §2.2).
bool is_made_of(const dns_record_set& alias, const dns_record_set& source) noexcept {
  const dns::name_view owner = alias.owner;
  dns::name target;
  source.for_each([&](cbytes rdata) { target = name_in(rdata); });
  const std::size_t front = owner.size() - source.owner.size();
  const auto made = dns::name::join(owner.wire().first(front), target);
  bool is_same = made.has_value();
  alias.for_each([&](cbytes rdata) { is_same = is_same && *made == name_in(rdata); });
  return is_same;
}

dns_judgement judge_records(const dns_record_set& set, const dns_fact& fact, const dns_signer& by,
                            dnssec::work& left) {
  const dnssec::checked checked = check(set, by, left);
  const dns_judgement found = judgement_of(checked, by.now);
  if (checked.found != dnssec::verdict::secure || !is_expanded(checked.by, set.owner)) return found;
  const auto denials = denials_of(fact, by, left);
  return both(found,
              judgement_of_proof(dnssec::prove_expansion(set.owner, checked.by.labels, by.zone, denials)));
}

dns_judgement judge_denial(dns::name_view name, record_type type, const dns_fact& fact, const dns_signer& by,
                           dnssec::work& left) {
  const auto denials = denials_of(fact, by, left);
  dns_judgement found = judgement_of_proof(fact.what == dns_fact::kind::no_name
                                               ? dnssec::prove_no_name(name, by.zone, denials)
                                               : dnssec::prove_no_data(name, type, by.zone, denials));
  if (!fact.set.empty()) found = both(found, judgement_of(check(fact.set, by, left), by.now));
  return found;
}

}  // namespace

dns_judgement judgement_of(const dnssec::checked& checked, std::uint32_t now) noexcept {
  if (checked.found == dnssec::verdict::too_costly)
    return {.found = dns_security::indeterminate, .why = extended_error::dnssec_indeterminate};
  if (checked.found != dnssec::verdict::secure) return bogus(error_of(checked.found));
  // RFC 4035 §5.3.3; at least a second, as whoever asked still has to read it.
  const std::uint32_t left = std::max<std::uint32_t>(checked.by.expiration - now, 1);
  return {.found = dns_security::secure, .ttl = std::min(checked.by.ttl, left)};
}

dns::name signer_of(dns::name_view name, record_type type, const dns_fact& fact) noexcept {
  const dns_record_set* const source = source_of(fact);
  const dns_record_set& first = source != nullptr ? *source : fact.set;
  if (const auto found = dnssec::signer_of(first.signatures, first.owner)) return dns::name(*found);
  if (fact.what != dns_fact::kind::records)
    for (const dns_record_set& each : fact.proof)
      if (const auto found = dnssec::signer_of(each.signatures, each.owner)) return dns::name(*found);
  return dns::name(type == record_type::ds ? name.parent() : name);
}

dns_judgement judge_fact(dns::name_view name, record_type type, const dns_fact& fact, const dns_signer& by,
                         dnssec::work& left) {
  if (fact.what != dns_fact::kind::records) return judge_denial(name, type, fact, by, left);
  // A DS record is its parent's.
  if (fact.set.type == record_type::ds && fact.set.owner.view() == by.zone)
    return bogus(extended_error::dnssec_bogus);
  const dns_record_set* const source = source_of(fact);
  if (source == nullptr) return judge_records(fact.set, fact, by, left);
  if (!is_made_of(fact.set, *source)) return bogus(extended_error::dnssec_bogus);
  return judge_records(*source, fact, by, left);
}

dns_judgement judge_delegation(dns::name_view name, const dns_fact& fact, const dns_signer& by,
                               dnssec::work& left) {
  if (fact.what == dns_fact::kind::records) {
    dns_judgement found = judge_fact(name, record_type::ds, fact, by, left);
    if (found.found != dns_security::secure) return found;
    // An alias has nothing below it but names that are its zone's.
    if (fact.set.type != record_type::ds) return {.found = dns_security::unchecked};
    if (!dnssec::has_supported(fact.set.data)) found.found = dns_security::insecure;
    return found;
  }
  switch (dnssec::prove_no_delegation(name, by.zone, denials_of(fact, by, left))) {
    case dnssec::cut::missing: break;
    case dnssec::cut::none: return {.found = dns_security::unchecked};
    case dnssec::cut::insecure: return {.found = dns_security::insecure};
  }
  return bogus(fact.proof.empty() ? extended_error::rrsigs_missing : extended_error::nsec_missing);
}

}  // namespace mirage
