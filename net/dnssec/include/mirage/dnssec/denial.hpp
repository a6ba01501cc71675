// SPDX-License-Identifier: ISC
// What NSEC and NSEC3 records prove of what does not exist: RFC 4035 §5.4, RFC 5155 §8, RFC 6840 §4. The
// records must have been found secure; those of one message, of one zone.
#pragma once

#include <cstdint>
#include <span>

#include "mirage/dnssec/types.hpp"

namespace mirage::dnssec {

/// One NSEC or NSEC3 record.
struct denial_record {
  dns::name_view owner{};
  dns::record_type type{};
  cbytes rdata{};
};
using denials = std::span<const denial_record>;

/// `insecure`: it is so only if the zone above a span without proofs (opt-out, RFC 5155 §6) tells the truth,
/// or its NSEC3 records ask for more than 50 additional iterations, which nobody has to do (RFC 9276 §3.2,
/// CVE-2023-50868).
enum class proof : std::uint8_t { missing, insecure, proven };

/// There is no such name, and no wildcard that stands for it.
[[nodiscard]] proof prove_no_name(dns::name_view name, dns::name_view zone, denials from);

/// The name, or the wildcard that stands for it, has no records of the type, and no alias.
[[nodiscard]] proof prove_no_data(dns::name_view name, dns::record_type type, dns::name_view zone,
                                  denials from);

/// Nothing is closer to the name than the wildcard below its last `labels` labels.
[[nodiscard]] proof prove_expansion(dns::name_view name, unsigned labels, dns::name_view zone, denials from);

/// What there is at a name that has no DS record: `none`, the zone goes on below it; `insecure`, a zone
/// begins there that is not signed; `missing`, nothing is proven.
enum class cut : std::uint8_t { missing, none, insecure };
[[nodiscard]] cut prove_no_delegation(dns::name_view name, dns::name_view zone, denials from);

}  // namespace mirage::dnssec
