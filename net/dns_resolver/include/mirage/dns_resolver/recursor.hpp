// SPDX-License-Identifier: ISC
// Finds out what a name has, from the root downwards: RFC 1034 §5.3.3, with minimised questions (RFC 9156),
// shared work, bounds on it, and answers that are out of date where nobody answers (RFC 8767). What it finds
// is validated where there is a trust anchor (RFC 4035). Messages go and come through an upstream that the
// shell gives it; everything else is here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "mirage/core/buffer.hpp"
#include "mirage/core/counters.hpp"
#include "mirage/core/event.hpp"
#include "mirage/core/inline_vector.hpp"
#include "mirage/core/task.hpp"
#include "mirage/dns_resolver/record_cache.hpp"
#include "mirage/dns_resolver/response.hpp"
#include "mirage/dns_resolver/server_table.hpp"
#include "mirage/dns_resolver/trust_anchor.hpp"
#include "mirage/dns_resolver/validator.hpp"

namespace mirage {

struct dns_recursor_options {
  /// Addresses of the servers of the root; must not be empty.
  inline_vector<ip_address, 32> roots{};
  /// Keys of the root; without any, nothing is validated.
  inline_vector<dns_trust_anchor, 16> trust_anchors{};
  std::size_t facts = 10'000;    ///< that are kept
  std::size_t failures = 1000;   ///< the same of what could not be found out
  std::size_t servers = 1024;    ///< whose round trips are known
  std::size_t zones = 1000;      ///< whose keys are known to be good, or that they need none
  unsigned questions = 64;       ///< to servers, for one question of ours, with all that it needs
  std::size_t per_zone = 128;    ///< questions to one zone at once: one that is silent leaves room for others
  unsigned depth = 5;            ///< servers whose addresses are looked up to look up others
  unsigned aliases = 12;         ///< in a row
  unsigned minimised = 4;        ///< labels that are asked for one by one, before all are
  duration longest_stale = 24h;  ///< that records may be out of date; 0: never
};

/// Asks one server. Gives a message that is an answer to this question from this server, truncated ones
/// fetched over TCP; empty when none came in `patience`.
class dns_upstream {
 public:
  virtual task<buffer> ask(ip_address server, dns::name name, dns::record_type type, duration patience) = 0;

 protected:
  ~dns_upstream() = default;
};

/// `records`: the aliases on the way, in order, and then what was asked for, if there is any. `authority`: of
/// a denial, the zone's SOA record, if it is known. `proof`: NSEC and NSEC3 records that belong to it. TTLs
/// are what is left of them. `is_secure`: all of it was validated. `why`: of a failure, if more can be said
/// of it.
struct dns_resolution {
  dns::rcode code = dns::rcode::server_failure;
  std::vector<dns_record_set> records{};
  dns_record_set authority{};
  std::vector<dns_record_set> proof{};
  bool is_secure = false;
  std::optional<dns::extended_error> why{};
};

class dns_recursor final : dns_fact_source {
 public:
  /// The upstream must outlive it.
  dns_recursor(std::string_view name, dns_upstream& upstream, const dns_recursor_options& options);
  dns_recursor(const dns_recursor&) = delete;
  dns_recursor& operator=(const dns_recursor&) = delete;

  /// What is found to be forged is a failure, unless checking is disabled (CD, RFC 4035 §3.2.2).
  task<dns_resolution> resolve(dns::name name, dns::record_type type, bool checking_disabled = false);

  [[nodiscard]] const dns_record_cache& cache() const noexcept { return cache_; }

 private:
  using budget = dns_budget;
  struct learning;
  struct asking;
  using address_set = inline_vector<ip_address, 16>;
  using name_set = inline_vector<dns::name, 8>;

  [[nodiscard]] dns_fact* known(dns::name_view name, dns::record_type type) noexcept;
  [[nodiscard]] dns_fact* known_or_stale(dns::name_view name, dns::record_type type) noexcept;
  [[nodiscard]] dns_fact* evidence(dns::name_view name, dns::record_type type) noexcept;
  task<std::optional<dns_fact>> fetch(dns::name name, dns::record_type type, budget& left) override;
  void distrust(dns::name_view name, dns::record_type type, const dns_fact& fact) noexcept override;
  task<dns_judgement> judge(dns::name name, dns::record_type type, dns_fact fact, budget& left);
  [[nodiscard]] bool has_failed(dns::name_view name, dns::record_type type) noexcept;
  task<> learn(dns::name name, dns::record_type type, budget& left, unsigned depth);
  task<bool> descend(dns::name name, dns::record_type type, budget& left, unsigned depth);
  [[nodiscard]] dns::name closest_zone(dns::name_view name, dns::record_type type) noexcept;
  task<dns_response> ask_zone(dns::name zone, dns::name name, dns::record_type type, budget& left,
                              unsigned depth);
  task<dns_response> ask_servers(address_set servers, dns::name zone, dns::name name, dns::record_type type,
                                 budget& left);
  void add_addresses(dns::name_view server, dns::record_type version, address_set& to) noexcept;
  void find_servers(dns::name_view zone, address_set& addresses, name_set& unknown) noexcept;
  void keep(dns::name_view name, dns::record_type type, dns_response& response);
  void keep_delegation(dns_response& response);
  [[nodiscard]] learning* find_learning(dns::name_view name, dns::record_type type) noexcept;

  std::string_view name_;
  dns_upstream& upstream_;
  dns_recursor_options options_;
  dns_record_cache cache_;
  dns_record_cache failures_;  // apart, so that they replace nothing that may be of use when it is stale
  dns_server_table servers_;
  dns_validator validator_;
  std::vector<learning*> underway_;
  std::vector<asking*> asking_;
  metric_label label_{"device", name_};
  counter resolved_{label_, "dns_resolver_resolutions_total", "Names that were asked for"};
  counter cached_{label_, "dns_resolver_cached_total", "Steps whose answer was known"};
  counter asked_{label_, "dns_resolver_questions_total", "Questions to servers"};
  counter silent_{label_, "dns_resolver_silent_servers_total", "Questions without an answer in time"};
  counter useless_{label_, "dns_resolver_useless_answers_total", "Answers that led no further"};
  counter stale_{label_, "dns_resolver_stale_answers_total", "Answers that were out of date"};
  counter failed_{label_, "dns_resolver_failures_total", "Names for which there was no answer"};
  counter secure_{label_, "dns_resolver_secure_total", "Facts that were found to be signed rightly"};
  counter insecure_{label_, "dns_resolver_insecure_total", "Facts of zones that are not signed"};
  counter bogus_{label_, "dns_resolver_bogus_total", "Facts that are forged, out of date or signed wrongly"};
  counter indeterminate_{label_, "dns_resolver_indeterminate_total",
                         "Facts of which it could not be found out what they are worth"};
  counter over_budget_{label_, "dns_resolver_over_budget_total", "Names that would have cost too much"};
  counter crowded_{label_, "dns_resolver_crowded_total", "Questions beyond the cap of a zone"};
};

}  // namespace mirage
