// SPDX-License-Identifier: ISC
// Answers that are kept for as long as they hold: RFC 1035 §7.4, RFC 2308, RFC 9520.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "mirage/core/time.hpp"
#include "mirage/dns_client/answer.hpp"
#include "mirage/dns_client/options.hpp"

namespace mirage {

/// At its cap the answer that nobody has wanted for longest makes room. Every answer is looked at in a
/// search: it is meant for hundreds.
class dns_cache {
 public:
  explicit dns_cache(const dns_client_options& options) noexcept : options_(options) {}

  /// Null when there is none, or none any more. Valid until the next call.
  [[nodiscard]] const dns_answer* find(dns::name_view name, dns::record_type type, instant now) noexcept;
  /// Keeps it for its time to live, within the bounds of the options; a failure for a second.
  void keep(dns::name_view name, dns::record_type type, const dns_answer& answer, instant now);
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

 private:
  struct entry {
    std::uint64_t hash = 0;
    dns::record_type type{};
    instant until{};
    instant last_wanted{};
    std::vector<std::byte> name{};
    dns_answer answer{};
  };
  [[nodiscard]] duration lifetime(const dns_answer& answer) const noexcept;
  [[nodiscard]] entry* search(dns::name_view name, dns::record_type type, std::uint64_t hash) noexcept;
  [[nodiscard]] entry& make_room(instant now);

  const dns_client_options& options_;
  std::vector<entry> entries_;
};

}  // namespace mirage
