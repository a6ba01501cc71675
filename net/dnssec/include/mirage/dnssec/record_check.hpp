// SPDX-License-Identifier: ISC
// Whether a set of records is signed by a key of its zone: RFC 4035 §5.3, with bounds on the work that a
// stranger's records can cost (CVE-2023-50387).
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/dnssec/types.hpp"

namespace mirage::dnssec {

/// How many signatures may still be looked at on somebody's behalf.
struct work {
  unsigned signatures = 48;  ///< verified, good or bad
  unsigned failures = 8;     ///< of them bad
};

/// Of several reasons the last one is told: an expired signature says more than one of an unknown key.
enum class verdict : std::uint8_t {
  secure,
  no_signature,
  no_key,
  too_costly,
  bad_signature,
  not_yet_valid,
  expired
};

struct checked {
  verdict found = verdict::no_signature;
  signature by{};  ///< the good one, where there is one; in the memory of `signatures`
};

/// `signatures` and `keys` are RRSIG and DNSKEY records as `record_set_view` has its data; `now` is in
/// seconds since 1970. At most four signatures of the zone, and two keys of one tag each, are tried.
[[nodiscard]] checked check(const record_set_view& records, cbytes signatures, dns::name_view zone,
                            cbytes keys, std::uint32_t now, work& left);

/// The same of the zone's keys themselves, which must be signed by one that a DS record of `trusted` names.
[[nodiscard]] checked check_keys(cbytes keys, cbytes signatures, dns::name_view zone, cbytes trusted,
                                 std::uint32_t now, work& left);

/// Whether there is a DS record that can be used; a zone that has none counts as unsigned (RFC 4035 §5.2).
[[nodiscard]] bool has_supported(cbytes trusted) noexcept;

/// The signer of the first signature that may be one of records of that owner; nothing if there is none.
[[nodiscard]] std::optional<dns::name_view> signer_of(cbytes signatures, dns::name_view owner) noexcept;

/// Whether the records came of a wildcard (RFC 4035 §5.3.4).
[[nodiscard]] inline bool is_expanded(const signature& by, dns::name_view owner) noexcept {
  return by.labels < owner.labels() - (owner.is_wildcard() ? 1U : 0U);
}

}  // namespace mirage::dnssec
