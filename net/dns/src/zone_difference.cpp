// SPDX-License-Identifier: ISC
#include "mirage/dns/zone_difference.hpp"

#include <algorithm>

#include "label_order.hpp"
#include "mirage/core/panic.hpp"
#include "mirage/dns/zone_records.hpp"

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
std::strong_ordering order_of(const zone_records& a, const zone_records& b,
                              std::size_t origin_size) noexcept {
  const auto labels_of = [origin_size](const zone_records& of) {
    const cbytes wire = of.owner().view().wire();
    return wire.first(wire.size() - origin_size);
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

shared<const zone_difference> zone_difference::between(const zone& from, const zone& to, std::size_t most) {
  std::unique_ptr<zone_difference> made(new zone_difference);
  made->from_ = from.serial();
  made->to_ = to.serial();
  append(made->removed_, from.origin(), from.apex().find(record_type::soa).records());
  append(made->added_, to.origin(), to.apex().find(record_type::soa).records());
  zone_records old_ones(from);
  zone_records new_ones(to);
  while (!old_ones.at_end() || !new_ones.at_end()) {
    if (made->size() > most) return nullptr;
    const auto order = new_ones.at_end()   ? std::strong_ordering::less
                       : old_ones.at_end() ? std::strong_ordering::greater
                                           : order_of(old_ones, new_ones, from.origin().size());
    const bool same = order == 0 && std::ranges::equal(old_ones.record(), new_ones.record());
    if (order <= 0) {
      if (!same && old_ones.type() != record_type::soa)
        append(made->removed_, old_ones.owner(), old_ones.record());
      old_ones.next();
    }
    if (order >= 0) {
      if (!same && new_ones.type() != record_type::soa)
        append(made->added_, new_ones.owner(), new_ones.record());
      new_ones.next();
    }
  }
  return made;
}

}  // namespace mirage::dns
