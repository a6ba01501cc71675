// SPDX-License-Identifier: ISC
#include "lookup.hpp"

#include <algorithm>

#include "mirage/core/endian.hpp"
#include "mirage/dns/rdata.hpp"

namespace mirage::dns {

namespace {

/// What may stand beside a CNAME is not looked for elsewhere (RFC 4035 §2.5).
constexpr bool follows_aliases(record_type type) noexcept {
  return type != record_type::nsec && type != record_type::key;
}

}  // namespace

lookup_outcome lookup::answer(const query_name& asked) noexcept {
  asked_ = &asked;
  bool more = step(asked);
  while (more) more = step(target_);
  prove_expansions();
  return outcome_;
}

// What is below a cut or a DNAME is never found itself: the name above all of it is.
lookup::place lookup::find(const query_name& name) const noexcept {
  unsigned labels = name.labels();
  zone_node node = zone_.find(name, labels);
  const bool exact = node && !node.is_occluded();
  while (!node || node.is_occluded()) node = zone_.find(name, --labels);
  return {node, labels, exact};
}

bool lookup::step(const query_name& name) noexcept {
  const place at = find(name);
  const bool asks_parent = at.exact && type_ == record_type::ds;
  if (at.node.is_cut() && !asks_parent) {
    refer(at, name);
    return false;
  }
  if (at.exact) return answer_from(at.node, name, 0);
  if (at.node.has_dname()) return follow_dname(at, name);
  if (at.node.has_wildcard()) {
    if (const zone_node wildcard = zone_.find_wildcard(name, at.labels))
      return answer_from(wildcard, name, at.labels + 1);
  }
  outcome_.code = rcode::name_error;
  deny();
  if (dnssec_) prove_no_name(at, name);
  return false;
}

// `wildcard_labels` is not 0 when the node is a wildcard, one label below the closest encloser.
bool lookup::answer_from(zone_node node, const query_name& name, unsigned wildcard_labels) noexcept {
  const unsigned records = out_.count(section::answer);
  if (wildcard_labels > 0 && dnssec_ && !expansions_.full())
    expansions_.push_back({dns::name(name.view()), wildcard_labels - 1});
  if (type_ == record_type::any) {
    answer_any(node, name);
  } else if (type_ == record_type::rrsig) {
    answer_signatures(node, name);
  } else if (const record_set set = node.find(type_)) {
    add(section::answer, set, name.view());
  } else if (const record_set cname = node.find(record_type::cname); cname && follows_aliases(type_)) {
    if (std::ranges::find(followed_.begin(), followed_.begin() + steps_, node) != followed_.begin() + steps_)
      return false;
    followed_[steps_++] = node;
    return follow_cname(cname, name);
  }
  if (out_.count(section::answer) > records || outcome_.truncated) return false;
  deny();
  if (!dnssec_) return false;
  if (wildcard_labels > 0)
    prove_no_wildcard_data(node, {.node = {}, .labels = wildcard_labels - 1}, name);
  else
    prove_no_data(node, name);
  return false;
}

bool lookup::follow_cname(const record_set& set, const query_name& name) noexcept {
  add(section::answer, set, name.view());
  return go_on_with(*name_view::front_of(set.rdata()));
}

bool lookup::follow_dname(const place& at, const query_name& name) noexcept {
  const record_set dname = at.node.find(record_type::dname);
  if (std::ranges::find(followed_.begin(), followed_.begin() + steps_, at.node) == followed_.begin() + steps_)
    add(section::answer, dname, name.ending(at.labels));
  const name_view target = *name_view::front_of(dname.rdata());
  const auto made = name::join(name.view().wire().first(name.start(at.labels)), target);
  if (!made) {
    outcome_.code = rcode::name_exists;  // RFC 6672 §3.1
    return false;
  }
  if (!out_.add_record(section::answer, name.view(), record_type::cname, record_class::in, dname.ttl(),
                       made->view().wire()))
    cut_short();
  followed_[steps_++] = at.node;
  return go_on_with(*made);
}

bool lookup::go_on_with(name_view target) noexcept {
  if (type_ == record_type::cname || steps_ == longest_chain || !target.is_within(zone_.origin()))
    return false;
  target_.set(target);
  return true;
}

// RFC 8482 §4.1: one of the sets, which is enough for whoever asks in good faith.
void lookup::answer_any(zone_node node, const query_name& name) noexcept {
  bool answered = false;
  node.for_each([&](const record_set& set) {
    if (answered || !set || set.type() == record_type::nsec) return;
    answered = true;
    add(section::answer, set, name.view());
  });
}

void lookup::answer_signatures(zone_node node, const query_name& name) noexcept {
  node.for_each([&](const record_set& set) {
    if (set.signature_count() > 0)
      add_records(section::answer, set.signature_count(), set.signatures(), name.view());
  });
}

// ---- Referrals -----------------------------------------------------------------------------------------

void lookup::refer(const place& at, const query_name& name) noexcept {
  outcome_.authoritative = steps_ > 0;
  const name_view cut = name.ending(at.labels);
  const record_set servers = at.node.find(record_type::ns);
  add_records(section::authority, servers.count(), servers.records(), cut);
  if (dnssec_) {
    if (const record_set ds = at.node.find(record_type::ds))
      add(section::authority, ds, cut);
    else
      prove_no_ds(at, name);
  }
  prove_expansions();
  add_glue(servers, cut);
}

// RFC 9471 §3: without the addresses of servers below the cut nobody gets there, so they are never left out
// in silence; other addresses of the zone are added where there is room, and then their signatures.
void lookup::add_glue(const record_set& servers, name_view cut) noexcept {
  if (!add_addresses(servers, cut, address_kind::below_cut)) {
    outcome_.truncated = true;
    return;
  }
  if (add_addresses(servers, cut, address_kind::other) && dnssec_)
    static_cast<void>(add_addresses(servers, cut, address_kind::signature));
}

bool lookup::add_addresses(const record_set& servers, name_view cut, address_kind kind) noexcept {
  cbytes records = servers.records();
  for (unsigned i = 0; i < servers.count(); ++i) {
    const cbytes each = front_record(records);
    records = records.subspan(each.size());
    const name_view target = name_view::trusted(each.subspan(record_set::record_header));
    const bool below_cut = target.is_within(cut);
    if (below_cut != (kind == address_kind::below_cut) || !target.is_within(zone_.origin())) continue;
    const query_name server(target);
    const zone_node node = zone_.find(server, server.labels());
    if (!node) continue;
    for (const record_type type : {record_type::a, record_type::aaaa}) {
      const record_set set = node.find(type);
      const bool signature = kind == address_kind::signature;
      const unsigned count = signature ? set.signature_count() : set.count();
      const cbytes prepared = signature ? set.signatures() : set.records();
      if (count > 0 && !out_.add_prepared(section::additional, count, prepared, target)) return false;
    }
  }
  return true;
}

// ---- Negative answers ----------------------------------------------------------------------------------

void lookup::deny() noexcept { add(section::authority, zone_.negative_soa(), zone_.origin()); }

void lookup::prove_no_data(zone_node node, const query_name& name) noexcept {
  if (!zone_.has_nsec3()) {
    add_nsec(node.find(record_type::nsec) ? node : zone_.nsec_at_or_before(name));
    return;
  }
  // A name without an NSEC3 lies in a span that has opted out (RFC 5155 §7.2.4).
  if (!add_nsec3_matching(name.view())) add_closest_encloser(name, name.labels() - 1);
}

void lookup::prove_no_name(const place& encloser, const query_name& name) noexcept {
  dns::name wildcard(name.ending(encloser.labels));
  const bool made = wildcard.prepend(as_bytes("*"));
  if (!zone_.has_nsec3()) {
    add_nsec(zone_.nsec_at_or_before(name));
    if (made) add_nsec(zone_.nsec_at_or_before(query_name(wildcard)));
    return;
  }
  add_closest_encloser(name, encloser.labels);
  if (made) add_nsec3_covering(wildcard);
}

void lookup::prove_no_wildcard_data(zone_node wildcard, const place& encloser,
                                    const query_name& name) noexcept {
  if (!zone_.has_nsec3()) {
    add_nsec(zone_.nsec_at_or_before(name));
    dns::name owner(name.ending(encloser.labels));
    if (wildcard.find(record_type::nsec))
      add_nsec(wildcard);
    else if (owner.prepend(as_bytes("*")))
      add_nsec(zone_.nsec_at_or_before(query_name(owner)));
    return;
  }
  add_closest_encloser(name, encloser.labels);
  dns::name owner(name.ending(encloser.labels));
  if (owner.prepend(as_bytes("*"))) static_cast<void>(add_nsec3_matching(owner));
}

// That the names themselves do not exist, so that the wildcards were rightly used (RFC 4035 §3.1.3.3, RFC
// 5155 §7.2.6).
void lookup::prove_expansions() noexcept {
  for (const expansion& each : expansions_) {
    const query_name name(each.asked);
    if (zone_.has_nsec3())
      add_nsec3_covering(next_closer(name, each.encloser_labels));
    else
      add_nsec(zone_.nsec_at_or_before(name));
  }
  expansions_.clear();
}

void lookup::prove_no_ds(const place& at, const query_name& name) noexcept {
  if (!zone_.has_nsec3()) {
    if (at.node.find(record_type::nsec)) add_nsec(at.node);
    return;
  }
  if (!add_nsec3_matching(name.ending(at.labels)) && at.labels > 0) {
    const query_name cut(name.ending(at.labels));
    add_closest_encloser(cut, at.labels - 1);
  }
}

void lookup::add_nsec(zone_node node) noexcept { add_node_set(section::authority, node, record_type::nsec); }

bool lookup::add_nsec3_matching(name_view name) noexcept {
  const auto label = nsec3_label(hash_nsec3(name, zone_.nsec3()));
  const zone_node node = zone_.nsec3_at_or_before(label);
  if (!std::ranges::equal(node.labels().subspan(1), label)) return false;
  add_node_set(section::authority, node, record_type::nsec3);
  return true;
}

void lookup::add_nsec3_covering(name_view name) noexcept {
  const auto label = nsec3_label(hash_nsec3(name, zone_.nsec3()));
  add_node_set(section::authority, zone_.nsec3_at_or_before(label), record_type::nsec3);
}

void lookup::add_closest_encloser(const query_name& name, unsigned labels) noexcept {
  while (!add_nsec3_matching(name.ending(labels)) && labels > zone_.origin_labels()) --labels;
  add_nsec3_covering(next_closer(name, labels));
}

// ---- Writing -------------------------------------------------------------------------------------------

bool lookup::add(section where, const record_set& set, name_view owner) noexcept {
  const auto before = out_.now();
  if (!add_records(where, set.count(), set.records(), owner)) return false;
  if (!dnssec_ || set.signature_count() == 0) return true;
  if (add_records(where, set.signature_count(), set.signatures(), owner)) return true;
  out_.go_back(before);
  return false;
}

bool lookup::add_records(section where, unsigned count, cbytes records, name_view owner) noexcept {
  const bool of_question = owner.data() == asked_->view().data();
  const bool fits = of_question ? out_.add_prepared(where, count, records)
                                : out_.add_prepared(where, count, records, owner);
  if (!fits) cut_short();
  return fits;
}

// The code of the answer is still found out, but nothing more is written: what fits behind a gap is no
// answer.
void lookup::cut_short() noexcept {
  outcome_.truncated = true;
  out_.reserve(SIZE_MAX);
}

bool lookup::add_node_set(section where, zone_node node, record_type type) noexcept {
  if (std::ranges::find(proofs_.begin(), proofs_.begin() + proof_count_, node) !=
      proofs_.begin() + proof_count_)
    return true;
  if (proof_count_ < proofs_.size()) proofs_[proof_count_++] = node;
  const auto owner = name::join(node.labels(), zone_.origin());
  return owner && add(where, node.find(type), *owner);
}

}  // namespace mirage::dns
