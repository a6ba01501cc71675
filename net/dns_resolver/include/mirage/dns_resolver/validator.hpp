// SPDX-License-Identifier: ISC
// Follows the chain of trust from the root's keys down to a fact: RFC 4035 §5, RFC 6840. What it needs on the
// way, DS and DNSKEY records, it asks of whoever keeps facts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "mirage/core/inline_vector.hpp"
#include "mirage/core/task.hpp"
#include "mirage/dns_resolver/record_cache.hpp"
#include "mirage/dns_resolver/trust_anchor.hpp"
#include "mirage/dnssec/denial.hpp"
#include "mirage/dnssec/record_check.hpp"

namespace mirage {

/// What one question of ours may still cost.
struct dns_budget {
  unsigned questions = 0;  ///< to servers
  dnssec::work signatures{};
  bool was_crowded = false;  ///< some servers were not asked, because too many ask them
};

class dns_fact_source {
 public:
  /// What is known of it, or can be found out; nothing if it cannot.
  virtual task<std::optional<dns_fact>> fetch(dns::name name, dns::record_type type, dns_budget& left) = 0;
  /// It was found to be false: it is to be forgotten soon.
  virtual void distrust(dns::name_view name, dns::record_type type, const dns_fact& fact) noexcept = 0;

 protected:
  ~dns_fact_source() = default;
};

class dns_validator {
 public:
  /// Without an anchor, everything is insecure. Of so many zones is it remembered whom to trust.
  dns_validator(dns_fact_source& source, std::span<const dns_trust_anchor> anchors, std::size_t zones);
  dns_validator(const dns_validator&) = delete;
  dns_validator& operator=(const dns_validator&) = delete;

  [[nodiscard]] bool is_on() const noexcept { return !anchors_.empty(); }
  /// Of what was found for that name and type.
  task<dns_judgement> judge(dns::name name, dns::record_type type, dns_fact fact, dns_budget& left);

 private:
  /// The deepest zone on the way to a name that is signed, and its keys; or that none is below an unsigned
  /// one.
  struct trust {
    dns_judgement judged{};
    dns::name zone{};
    std::vector<std::byte> keys{};
  };
  [[nodiscard]] std::optional<trust> remembered(dns::name_view zone) noexcept;
  void remember(const trust& of);
  task<trust> follow(dns::name target, dns_budget& left);
  task<trust> enter(dns::name zone, std::vector<std::byte> trusted, std::uint32_t ttl, dns_budget& left);

  dns_fact_source& source_;
  std::vector<std::byte> anchors_{};
  dns_record_cache zones_;
};

}  // namespace mirage
