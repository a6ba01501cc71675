// SPDX-License-Identifier: ISC
// What a zone's keys say of one fact. Pure.
#pragma once

#include <cstdint>

#include "mirage/dns_resolver/record_cache.hpp"
#include "mirage/dnssec/denial.hpp"
#include "mirage/dnssec/record_check.hpp"

namespace mirage {

/// A zone with its keys, and the time in seconds since 1970.
struct dns_signer {
  dns::name_view zone;
  cbytes keys;
  std::uint32_t now;
};

/// The name whose zone must have signed the fact.
[[nodiscard]] dns::name signer_of(dns::name_view name, dns::record_type type, const dns_fact& fact) noexcept;

[[nodiscard]] dns_judgement judge_fact(dns::name_view name, dns::record_type type, const dns_fact& fact,
                                       const dns_signer& by, dnssec::work& left);

/// Of a fact about DS records at a name in the zone. `secure`: the fact's set is of a signed zone there.
/// `insecure`: one that is not signed begins there. `unchecked`: none begins there.
[[nodiscard]] dns_judgement judge_delegation(dns::name_view name, const dns_fact& fact, const dns_signer& by,
                                             dnssec::work& left);

[[nodiscard]] dns_judgement judgement_of(const dnssec::checked& checked, std::uint32_t now) noexcept;

}  // namespace mirage
