// SPDX-License-Identifier: ISC
#include "mirage/dnssec/denial.hpp"

#include "nsec.hpp"
#include "nsec3.hpp"

namespace mirage::dnssec {

namespace {

/// The labels that the bitmap must not have for the absence of `type` to be shown: RFC 6840 §4.1, §4.3.
bool lacks(cbytes types, dns::record_type type, bool is_wildcard) noexcept {
  using enum dns::record_type;
  const auto has = [&](dns::record_type each) { return dns::bitmap_has(types, each); };
  if (has(type) || has(cname)) return false;
  if (is_wildcard) return true;
  // A proof of the other side of a cut says nothing: DS is the parent's, all else the child's.
  if (type == ds) return !has(soa);
  return !has(ns) || has(soa);
}

}  // namespace

proof prove_no_name(dns::name_view name, dns::name_view zone, denials from) {
  if (!name.is_within(zone)) return proof::missing;
  const auto hashed = nsec3_proofs::open(zone, from);
  if (hashed && hashed->is_too_costly()) return proof::insecure;
  if (hashed) {
    const auto closest = hashed->find_closest(name);
    if (!closest || !closest->is_covered) return proof::missing;
    if (!hashed->covering(wildcard_of(closest->encloser))) return proof::missing;
    return closest->is_opt_out ? proof::insecure : proof::proven;
  }
  const auto closest = nsec_encloser(name, zone, from);
  if (!closest) return proof::missing;
  return nsec_covers_any(wildcard_of(*closest), zone, from) ? proof::proven : proof::missing;
}

proof prove_no_data(dns::name_view name, dns::record_type type, dns::name_view zone, denials from) {
  if (!name.is_within(zone)) return proof::missing;
  const auto hashed = nsec3_proofs::open(zone, from);
  if (hashed && hashed->is_too_costly()) return proof::insecure;
  if (hashed) {
    if (const auto types = hashed->matching(name))
      return lacks(*types, type, false) ? proof::proven : proof::missing;
    const auto closest = hashed->find_closest(name);
    if (!closest || !closest->is_covered) return proof::missing;
    if (const auto types = hashed->matching(wildcard_of(closest->encloser)))
      return lacks(*types, type, true) ? proof::proven : proof::missing;
    return closest->is_opt_out ? proof::insecure : proof::missing;
  }
  if (const auto types = nsec_matching(name, from))
    return lacks(*types, type, false) ? proof::proven : proof::missing;
  if (nsec_is_between(name, zone, from)) return proof::proven;
  const auto closest = nsec_encloser(name, zone, from);
  if (!closest) return proof::missing;
  const auto types = nsec_matching(wildcard_of(*closest), from);
  return types && lacks(*types, type, true) ? proof::proven : proof::missing;
}

proof prove_expansion(dns::name_view name, unsigned labels, dns::name_view zone, denials from) {
  if (!name.is_within(zone)) return proof::missing;
  const auto hashed = nsec3_proofs::open(zone, from);
  if (hashed && hashed->is_too_costly()) return proof::insecure;
  if (hashed) {
    const auto covered = hashed->covering(name.suffix(labels + 1));
    if (!covered) return proof::missing;
    return covered->is_opt_out ? proof::insecure : proof::proven;
  }
  const auto closest = nsec_encloser(name, zone, from);
  return closest && closest->view().labels() == labels ? proof::proven : proof::missing;
}

cut prove_no_delegation(dns::name_view name, dns::name_view zone, denials from) {
  using enum dns::record_type;
  const auto of_types = [](cbytes types) {
    if (dns::bitmap_has(types, ds) || dns::bitmap_has(types, soa)) return cut::missing;
    return dns::bitmap_has(types, ns) ? cut::insecure : cut::none;
  };
  if (!name.is_within(zone)) return cut::missing;
  const auto hashed = nsec3_proofs::open(zone, from);
  if (hashed && hashed->is_too_costly()) return cut::insecure;
  const auto types = hashed ? hashed->matching(name) : nsec_matching(name, from);
  if (types) return of_types(*types);
  switch (prove_no_data(name, ds, zone, from)) {
    case proof::missing: break;
    case proof::insecure: return cut::insecure;
    case proof::proven: return cut::none;
  }
  switch (prove_no_name(name, zone, from)) {
    case proof::missing: break;
    case proof::insecure: return cut::insecure;
    case proof::proven: return cut::none;
  }
  return cut::missing;
}

}  // namespace mirage::dnssec
