// SPDX-License-Identifier: ISC
// What the server of a zone says to a question: RFC 1034 §5.3.3, RFC 2308. Whatever it says of names outside
// of its zone is not looked at (the bailiwick), so a server can lie about its own names only.
#pragma once

#include <cstdint>
#include <vector>

#include "mirage/core/bytes.hpp"
#include "mirage/dns/message.hpp"
#include "mirage/dns_resolver/record_set.hpp"

namespace mirage {

/// `answer`: `records` are what was asked for. `alias`: they are one CNAME record. `referral`: they are the
/// NS records of a zone below, and `glue` the addresses of its servers, as far as they are in the zone that
/// was asked, and `delegation` the zone's DS records, if it has any. `no_data`, `no_name`: they are the
/// zone's SOA record, or empty. `useless`: the server does not serve the zone, or cannot. `proof`: NSEC and
/// NSEC3 records that came along, and the DNAME record that an alias was made of.
struct dns_response {
  enum class kind : std::uint8_t { useless, answer, alias, referral, no_data, no_name } what = kind::useless;
  dns_record_set records{};
  std::vector<dns_record_set> glue{};
  dns_record_set delegation{};
  std::vector<dns_record_set> proof{};
};

/// Of a message that is known to be an answer to the question for `name` and `type`. Never trusts more than
/// 256 records.
[[nodiscard]] dns_response read_response(cbytes message, dns::name_view zone, dns::name_view name,
                                         dns::record_type type);

/// For how many seconds a denial holds, by its SOA record (RFC 2308 §5).
[[nodiscard]] std::uint32_t denial_ttl(const dns_record_set& soa) noexcept;

/// The name that a CNAME or NS record's data is; the root where it is none.
[[nodiscard]] dns::name name_in(cbytes rdata) noexcept;

}  // namespace mirage
