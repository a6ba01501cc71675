// SPDX-License-Identifier: ISC
// The answer to a question from one zone: RFC 1034 §4.3.2 with wildcards (RFC 4592), DNAME (RFC 6672),
// negative answers (RFC 2308) and what DNSSEC adds to each of them (RFC 4035 §3.1, RFC 5155 §7.2).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "mirage/core/inline_vector.hpp"
#include "mirage/dns/message.hpp"
#include "mirage/dns/nsec3.hpp"
#include "mirage/dns/query_name.hpp"
#include "mirage/dns/zone.hpp"

namespace mirage::dns {

struct lookup_outcome {
  rcode code = rcode::no_error;
  bool authoritative = true;
  bool truncated = false;
};

/// Once for each question.
class lookup {
 public:
  /// The writer has the question, and nothing behind it.
  lookup(const zone& in, record_type type, bool dnssec, message_writer& to) noexcept
      : zone_(in), type_(type), dnssec_(dnssec && in.is_signed()), out_(to) {}

  /// `asked` is within the zone.
  lookup_outcome answer(const query_name& asked) noexcept;

 private:
  /// Where a name leads to: itself, or the name above it that decides.
  struct place {
    zone_node node;
    unsigned labels = 0;
    bool exact = false;
  };
  static constexpr unsigned longest_chain = 16;
  /// A name that a wildcard was used for.
  struct expansion {
    dns::name asked;
    unsigned encloser_labels;
  };

  [[nodiscard]] place find(const query_name& name) const noexcept;
  /// False when there is no next name to look up.
  [[nodiscard]] bool step(const query_name& name) noexcept;
  [[nodiscard]] bool answer_from(zone_node node, const query_name& name, unsigned wildcard_labels) noexcept;
  [[nodiscard]] bool follow_cname(const record_set& set, const query_name& name) noexcept;
  [[nodiscard]] bool follow_dname(const place& at, const query_name& name) noexcept;
  [[nodiscard]] bool go_on_with(name_view target) noexcept;
  void answer_any(zone_node node, const query_name& name) noexcept;
  void answer_signatures(zone_node node, const query_name& name) noexcept;
  void refer(const place& at, const query_name& name) noexcept;
  void add_glue(const record_set& servers, name_view cut) noexcept;
  enum class address_kind : std::uint8_t { below_cut, other, signature };  // the last: of the others
  /// False when there is no room for them.
  [[nodiscard]] bool add_addresses(const record_set& servers, name_view cut, address_kind kind) noexcept;
  void deny() noexcept;

  // ---- Proofs ----
  void prove_no_data(zone_node node, const query_name& name) noexcept;
  void prove_no_name(const place& encloser, const query_name& name) noexcept;
  void prove_no_wildcard_data(zone_node wildcard, const place& encloser, const query_name& name) noexcept;
  void prove_expansions() noexcept;
  void prove_no_ds(const place& at, const query_name& name) noexcept;
  void add_nsec(zone_node node) noexcept;
  [[nodiscard]] bool add_nsec3_matching(name_view name) noexcept;
  void add_nsec3_covering(name_view name) noexcept;
  /// Of the longest ending of at most `labels` labels that has an NSEC3, and of the one longer that has none.
  void add_closest_encloser(const query_name& name, unsigned labels) noexcept;
  [[nodiscard]] name_view next_closer(const query_name& name, unsigned encloser_labels) const noexcept {
    return name.ending(encloser_labels + 1);
  }

  /// A set with its signatures. False, and told in the outcome, when it does not fit.
  bool add(section where, const record_set& set, name_view owner) noexcept;
  void cut_short() noexcept;
  bool add_records(section where, unsigned count, cbytes records, name_view owner) noexcept;
  bool add_node_set(section where, zone_node node, record_type type) noexcept;

  const zone& zone_;
  record_type type_;
  bool dnssec_;
  message_writer& out_;
  lookup_outcome outcome_;
  const query_name* asked_ = nullptr;
  unsigned steps_ = 0;
  std::array<zone_node, longest_chain> followed_;
  std::array<zone_node, 8> proofs_;
  unsigned proof_count_ = 0;
  inline_vector<expansion, longest_chain + 1> expansions_;  // proved behind the answers of the whole chain
  query_name target_;                                       // of the alias that was followed last
};

}  // namespace mirage::dns
