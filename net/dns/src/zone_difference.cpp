// SPDX-License-Identifier: ISC
#include "mirage/dns/zone_difference.hpp"

#include <algorithm>
#include <limits>

#include "label_order.hpp"
#include "mirage/core/panic.hpp"

namespace mirage::dns {

listed_record listed_record::take(cbytes& rest) noexcept {
  const auto owner = name_view::front_of(rest);
  require(owner.has_value(), "a list of records is damaged");
  rest = rest.subspan(owner->size());
  const cbytes record = front_record(rest);
  rest = rest.subspan(record.size());
  return {*owner, record};
}

namespace {

/// The type of the set that a record stands with.
std::uint16_t set_of(cbytes record, bool is_signature) noexcept {
  return load_be16(record.data() + (is_signature ? record_set::record_header : 2));
}

/// The order in which a zone has its records, their TTLs aside.
std::strong_ordering order_of(const zone_records& a, const zone_records& b) noexcept {
  const auto labels_of = [](const zone_records& of) {
    const cbytes wire = of.owner().view().wire();
    return wire.first(wire.size() - of.origin().size());
  };
  if (const auto order = canonical_order(labels_of(a), labels_of(b)); order != 0) return order;
  const bool signature_a = a.type() == record_type::rrsig;
  const bool signature_b = b.type() == record_type::rrsig;
  if (const auto order = set_of(a.record(), signature_a) <=> set_of(b.record(), signature_b); order != 0)
    return order;
  if (const auto order = signature_a <=> signature_b; order != 0) return order;
  return order_of_octets(a.record().subspan(record_set::record_header),
                         b.record().subspan(record_set::record_header));
}

void append(std::vector<std::byte>& to, name_view owner, cbytes record) {
  to.insert(to.end(), owner.wire().begin(), owner.wire().end());
  to.insert(to.end(), record.begin(), record.end());
}

}  // namespace

zone_comparison::zone_comparison(const zone& from, const zone& to, std::size_t most)
    : most_(most), old_ones_(from), new_ones_(to), found_(new zone_difference) {
  found_->from_ = from.serial();
  found_->to_ = to.serial();
  append(found_->removed_, from.origin(), from.apex().find(record_type::soa).records());
  append(found_->added_, to.origin(), to.apex().find(record_type::soa).records());
}

bool zone_comparison::compare(std::size_t records) {
  for (; found_ && !(old_ones_.at_end() && new_ones_.at_end()); --records) {
    if (records == 0) return false;
    if (found_->size() > most_)
      found_ = nullptr;
    else
      compare_next();
  }
  return true;
}

void zone_comparison::compare_next() {
  const auto order = new_ones_.at_end()   ? std::strong_ordering::less
                     : old_ones_.at_end() ? std::strong_ordering::greater
                                          : order_of(old_ones_, new_ones_);
  const bool same = order == 0 && std::ranges::equal(old_ones_.record(), new_ones_.record());
  if (order <= 0) {
    if (!same && old_ones_.type() != record_type::soa)
      append(found_->removed_, old_ones_.owner(), old_ones_.record());
    old_ones_.next();
  }
  if (order >= 0) {
    if (!same && new_ones_.type() != record_type::soa)
      append(found_->added_, new_ones_.owner(), new_ones_.record());
    new_ones_.next();
  }
}

shared<const zone_difference> zone_difference::between(const zone& from, const zone& to, std::size_t most) {
  zone_comparison comparison(from, to, most);
  while (!comparison.compare(std::numeric_limits<std::size_t>::max())) {
  }
  return comparison.take();
}

}  // namespace mirage::dns
