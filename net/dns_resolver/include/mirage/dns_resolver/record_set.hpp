// SPDX-License-Identifier: ISC
// The records of one name and type (RFC 2181 §5) with their signatures (RFC 4034 §3), without compression.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "mirage/core/bytes.hpp"
#include "mirage/dns/name.hpp"
#include "mirage/dns/types.hpp"
#include "mirage/dnssec/types.hpp"

namespace mirage {

struct dns_record_set {
  dns::name owner{};
  dns::record_type type{};
  std::uint32_t ttl = 0;                ///< the shortest of them
  std::vector<std::byte> data{};        ///< of each record, with its length in two bytes in front
  std::vector<std::byte> signatures{};  ///< the data of RRSIG records, likewise

  /// A record that is there already is not added again.
  void add(cbytes rdata);
  void add_signature(cbytes rdata);
  [[nodiscard]] bool empty() const noexcept { return data.empty(); }
  [[nodiscard]] dnssec::record_set_view view() const noexcept { return {owner, type, data}; }
  /// `visit(cbytes rdata)` for each, in the order in which they came.
  template <class Visit>
  void for_each(Visit visit) const {
    dnssec::for_each_record(data, visit);
  }
};

}  // namespace mirage
