// SPDX-License-Identifier: ISC
#include "node_writer.hpp"

namespace mirage::dns {

namespace {

/// The shortest ancestor of `labels` below the apex that is no ancestor of `before`, or `labels` itself.
cbytes first_new_name(cbytes labels, cbytes before) noexcept {
  const label_starts starts(labels);
  for (unsigned i = starts.count(); i-- > 0;) {
    const cbytes ancestor = labels.subspan(starts.start(i));
    if (!is_within(before, ancestor)) return ancestor;
  }
  return labels;
}

}  // namespace

node_writer::set_extent node_writer::set_at(std::size_t i, std::size_t end) const noexcept {
  const record_type type = records_[i].set_type();
  set_extent set{type, i, i, i};
  while (set.end < end && records_[set.end].set_type() == type) {
    if (!records_[set.end].is_signature()) set.signatures_begin = set.end + 1;
    ++set.end;
  }
  return set;
}

bool node_writer::wrong(zone_error why) noexcept {
  failed_ = true;
  error_ = why;
  return false;
}

// RFC 1034 §3.6.2, RFC 2181 §10.1, RFC 6672 §2.4. Beside a CNAME only what DNSSEC puts there may stand.
bool node_writer::check(std::size_t begin, std::size_t end, bool apex) noexcept {
  std::size_t cnames = 0;
  std::size_t dnames = 0;
  std::size_t soas = 0;
  std::size_t others = 0;
  for (std::size_t i = begin; i < end; ++i) {
    switch (records_[i].type()) {
      case record_type::cname: ++cnames; break;
      case record_type::dname: ++dnames; break;
      case record_type::soa:
        ++soas;
        ++others;
        break;
      case record_type::rrsig:
      case record_type::nsec:
      case record_type::nsec3:
      case record_type::key: break;
      default: ++others;
    }
  }
  if (apex && soas == 0) return wrong(zone_error::no_soa);
  if (soas > (apex ? 1u : 0u)) return wrong(zone_error::several_soas);
  if (cnames > 1 || dnames > 1) return wrong(zone_error::several_cnames);
  if (cnames == 1 && others + dnames > 0) return wrong(zone_error::cname_and_other);
  return true;
}

std::size_t node_writer::octets_of(std::size_t begin, std::size_t end) const noexcept {
  std::size_t octets = 0;
  for (std::size_t i = begin; i < end; ++i) octets += record_set::record_header + records_[i].rdata().size();
  return octets;
}

void node_writer::write_records(std::size_t begin, std::size_t end) noexcept {
  for (std::size_t i = begin; i < end; ++i) {
    const kept_record record = records_[i];
    out_.put16(0xc00c);  // the question's name, which begins behind the header
    out_.put16(static_cast<std::size_t>(record.type()));
    out_.put16(static_cast<std::size_t>(record_class::in));
    out_.put32(records_[begin].ttl());
    out_.put16(record.rdata().size());
    out_.put(record.rdata());
  }
}

void node_writer::write_set(const set_extent& set) noexcept {
  out_.put16(static_cast<std::size_t>(set.type));
  out_.put16(set.signatures_begin - set.records_begin);
  out_.put16(set.end - set.signatures_begin);
  out_.put32(octets_of(set.records_begin, set.signatures_begin));
  out_.put32(octets_of(set.signatures_begin, set.end));
  write_records(set.records_begin, set.signatures_begin);
  write_records(set.signatures_begin, set.end);
}

bool node_writer::next(written_node& node) noexcept {
  if (failed_) return false;
  if (at_ == records_.size()) return started_ ? false : wrong(zone_error::no_soa);
  const cbytes owner = records_[at_].labels();
  if (!started_ && !owner.empty()) return wrong(zone_error::no_soa);
  // The apex comes first, so every name has an ancestor that was written.
  node = {.offset = out_.size(), .labels = started_ ? first_new_name(owner, last_) : owner};
  const bool has_records = node.labels.size() == owner.size();
  std::size_t end = at_;
  while (has_records && end < records_.size() && order_of_octets(records_[end].labels(), owner) == 0) ++end;
  if (has_records && !check(at_, end, !started_)) return false;

  if (has_occluder_ && !is_within(node.labels, occluder_)) has_occluder_ = false;
  node.occluded = has_occluder_;
  unsigned flags = node.occluded ? zone_node::occluded : 0;
  std::size_t sets = 0;
  bool others = !has_records;
  for (std::size_t i = at_; i < end; ++sets) {
    const set_extent set = set_at(i, end);
    const bool any = set.signatures_begin > set.records_begin;
    if (set.type == record_type::ns && any && started_) flags |= zone_node::cut;
    if (set.type == record_type::dname && any) flags |= zone_node::dname;
    node.nsec = node.nsec || (set.type == record_type::nsec && any);
    node.nsec3 = node.nsec3 || (set.type == record_type::nsec3 && any);
    others = others || set.type != record_type::nsec3;
    i = set.end;
  }
  node.nothing_else = node.nsec3 && !others;
  out_.put8(node.labels.size());
  out_.put8(flags);
  out_.put16(sets);
  out_.put(node.labels);
  while (at_ < end) {
    const set_extent set = set_at(at_, end);
    write_set(set);
    at_ = set.end;
  }
  if (!has_occluder_ && (flags & (zone_node::cut | zone_node::dname)) != 0) {
    has_occluder_ = true;
    occluder_ = node.labels;
  }
  last_ = node.labels;
  started_ = true;
  return true;
}

}  // namespace mirage::dns
