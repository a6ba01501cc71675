// SPDX-License-Identifier: ISC
#include "mirage/dnssec/record_check.hpp"

#include <algorithm>
#include <vector>

#include "mirage/dnssec/canonical.hpp"
#include "mirage/dnssec/verify.hpp"

namespace mirage::dnssec {

namespace {

constexpr unsigned most_signatures = 4;
constexpr unsigned most_keys_of_a_tag = 2;

/// RFC 1982 §3.2.
bool is_before(std::uint32_t a, std::uint32_t b) noexcept { return static_cast<std::int32_t>(a - b) < 0; }

verdict check_time(const signature& by, std::uint32_t now) noexcept {
  if (is_before(by.expiration, now)) return verdict::expired;
  return is_before(now, by.inception) ? verdict::not_yet_valid : verdict::secure;
}

bool is_named(cbytes trusted, dns::name_view zone, const public_key& key) {
  bool found = false;
  for_each_record(trusted, [&](cbytes rdata) {
    const auto each = delegation::read(rdata);
    found = found || (each && matches(*each, zone, key));
  });
  return found;
}

/// By one of the keys that it may be of.
verdict check_signature(const signature& by, const record_set_view& records, cbytes keys, cbytes trusted,
                        work& left) {
  verdict found = verdict::no_key;
  std::vector<std::byte> message;
  unsigned tried = 0;
  for_each_record(keys, [&](cbytes rdata) {
    const auto key = public_key::read(rdata);
    if (found == verdict::secure || found == verdict::too_costly) return;
    if (!key || key->tag != by.key_tag || key->made_for != by.made_with) return;
    if (++tried > most_keys_of_a_tag) return;
    if (!trusted.empty() && !is_named(trusted, by.signer, *key)) return;
    if (left.signatures == 0 || left.failures == 0) {
      found = verdict::too_costly;
      return;
    }
    --left.signatures;
    if (message.empty()) message = signed_data(by, records);
    found = verify(by.made_with, key->value, message, by.value) ? verdict::secure : verdict::bad_signature;
    if (found == verdict::bad_signature) --left.failures;
  });
  return found;
}

checked check_any(const record_set_view& records, cbytes signatures, dns::name_view zone, cbytes keys,
                  cbytes trusted, std::uint32_t now, work& left) {
  checked best;
  unsigned tried = 0;
  for_each_record(signatures, [&](cbytes rdata) {
    const auto by = signature::read(rdata);
    if (best.found == verdict::secure || !by || by->covered != records.type || by->signer != zone) return;
    if (!records.owner.is_within(zone) || !is_supported(by->made_with)) return;
    if (by->labels > records.owner.labels() - (records.owner.is_wildcard() ? 1U : 0U)) return;
    if (++tried > most_signatures) return;
    verdict found = check_time(*by, now);
    if (found == verdict::secure) found = check_signature(*by, records, keys, trusted, left);
    if (found == verdict::secure)
      best = {found, *by};
    else
      best.found = std::max(best.found, found);
  });
  return best;
}

}  // namespace

checked check(const record_set_view& records, cbytes signatures, dns::name_view zone, cbytes keys,
              std::uint32_t now, work& left) {
  return check_any(records, signatures, zone, keys, {}, now, left);
}

checked check_keys(cbytes keys, cbytes signatures, dns::name_view zone, cbytes trusted, std::uint32_t now,
                   work& left) {
  if (trusted.empty()) return {};
  return check_any({zone, dns::record_type::dnskey, keys}, signatures, zone, keys, trusted, now, left);
}

bool has_supported(cbytes trusted) noexcept {
  bool found = false;
  for_each_record(trusted, [&](cbytes rdata) {
    const auto each = delegation::read(rdata);
    found = found || (each && is_supported(each->made_for) && is_supported(each->kind));
  });
  return found;
}

std::optional<dns::name_view> signer_of(cbytes signatures, dns::name_view owner) noexcept {
  std::optional<dns::name_view> found;
  for_each_record(signatures, [&](cbytes rdata) {
    const auto by = signature::read(rdata);
    if (!found && by && owner.is_within(by->signer)) found = by->signer;
  });
  return found;
}

}  // namespace mirage::dnssec
