// SPDX-License-Identifier: ISC
// Names that NSEC records leave no room for: RFC 4034 §4, RFC 4035 §5.4.
#pragma once

#include <optional>

#include "mirage/dns/rdata.hpp"
#include "mirage/dnssec/denial.hpp"

namespace mirage::dnssec {

/// The wildcard below a name; the name itself where that would be too long, which no proof is of.
[[nodiscard]] dns::name wildcard_of(dns::name_view closest) noexcept;

/// The types of the record at that name.
[[nodiscard]] std::optional<cbytes> nsec_matching(dns::name_view name, denials from) noexcept;

[[nodiscard]] bool nsec_covers_any(dns::name_view name, dns::name_view zone, denials from) noexcept;

/// Of a name that is covered, the longest one above it that exists.
[[nodiscard]] std::optional<dns::name> nsec_encloser(dns::name_view name, dns::name_view zone,
                                                     denials from) noexcept;

/// Whether the name has no records, but names below it have (an empty non-terminal).
[[nodiscard]] bool nsec_is_between(dns::name_view name, dns::name_view zone, denials from) noexcept;

}  // namespace mirage::dnssec
