// SPDX-License-Identifier: ISC
// What a resolver says to a client: RFC 1035 §4.1.1, RFC 6891 §6.2.5; with signatures, proofs and the bit AD
// to those who ask for them (RFC 4035 §3.2, RFC 6840 §5.7).
#pragma once

#include <cstddef>

#include "mirage/core/bytes.hpp"
#include "mirage/dns/query.hpp"
#include "mirage/dns_resolver/recursor.hpp"

namespace mirage {

/// Writes the answer to a query that is not to be dropped into `to`; what does not fit is left out, and the
/// reply says so. Gives its length.
[[nodiscard]] std::size_t write_reply(const dns::query& asked, const dns_resolution& found,
                                      bytes to) noexcept;
/// One without records.
[[nodiscard]] std::size_t write_refusal(const dns::query& asked, dns::rcode code, bytes to) noexcept;

/// Octets that the client takes over UDP, 512 to 1232.
[[nodiscard]] std::size_t longest_reply(const dns::query& asked) noexcept;

}  // namespace mirage
