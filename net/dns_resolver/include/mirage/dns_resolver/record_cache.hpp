// SPDX-License-Identifier: ISC
// What is known of names, for as long as it holds: RFC 1035 §7.4, RFC 2181 §5.4.1, RFC 2308, RFC 8020; and
// for a day longer, in case that nobody answers any more (RFC 8767).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "mirage/bounded_map.hpp"
#include "mirage/core/list.hpp"
#include "mirage/core/time.hpp"
#include "mirage/dns/extended_error.hpp"
#include "mirage/dns_resolver/record_set.hpp"

namespace mirage {

/// What DNSSEC says of it (RFC 4035 §4.3). `indeterminate`: what it takes to judge could not be found out.
enum class dns_security : std::uint8_t { unchecked, secure, insecure, indeterminate, bogus };

struct dns_judgement {
  dns_security found = dns_security::unchecked;
  dns::extended_error why = dns::extended_error::other;  ///< where it is bogus or indeterminate
  std::uint32_t ttl = UINT32_MAX;                        ///< for how long the signatures hold
};

/// Of a name and a type. `records`; or that there are none of the type, or that there is no such name, with
/// the zone's SOA record if it is known; or that nobody could be asked. What comes from a zone's own servers
/// is an `answer`; what a zone above says of one below is only good for finding its servers.
struct dns_fact {
  enum class kind : std::uint8_t { records, no_data, no_name, failure } what = kind::records;
  enum class trust : std::uint8_t { glue, referral, answer } from = trust::answer;
  dns_record_set set{};
  std::vector<dns_record_set> proof{};  ///< as in `dns_response`
  dns_judgement judged{};
  instant until{};
  std::uint64_t number = 0;  ///< of no other fact of this cache
};

/// At its cap the fact that nobody has wanted for longest makes room.
class dns_record_cache {
 public:
  explicit dns_record_cache(std::size_t capacity);
  dns_record_cache(const dns_record_cache&) = delete;
  dns_record_cache& operator=(const dns_record_cache&) = delete;
  ~dns_record_cache();

  /// Null when nothing is known, or nothing any more; where a name above does not exist, that. Valid until
  /// something is kept.
  [[nodiscard]] dns_fact* find(dns::name_view name, dns::record_type type, instant now) noexcept;
  /// Records that held once, not longer than `most` ago.
  [[nodiscard]] dns_fact* find_stale(dns::name_view name, dns::record_type type, instant now,
                                     duration most) noexcept;
  /// Keeps it for `ttl` from now. What is trusted less does not replace what still holds.
  void keep(dns::name_view name, dns::record_type type, dns_fact fact, std::uint32_t ttl, instant now);
  [[nodiscard]] std::size_t size() const noexcept { return facts_.size(); }

 private:
  struct key {
    std::uint64_t value = 0;
    [[nodiscard]] std::uint64_t hash(std::uint64_t) const noexcept { return value; }
    bool operator==(const key&) const = default;
  };
  struct entry : list_link {
    key at{};
    dns::name name{};
    dns_fact fact{};
  };
  // The type under which it is kept that a name does not exist.
  static constexpr dns::record_type any_type{};

  [[nodiscard]] key key_of(dns::name_view name, dns::record_type type) const noexcept;
  [[nodiscard]] entry* search(dns::name_view name, dns::record_type type) noexcept;
  [[nodiscard]] dns_fact* find_exactly(dns::name_view name, dns::record_type type, instant now) noexcept;

  bounded_map<key, std::unique_ptr<entry>> facts_;
  list by_use_;  // the least recently used in front
  std::uint64_t seed_;
  std::uint64_t kept_ = 0;
};

}  // namespace mirage
