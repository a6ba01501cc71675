// SPDX-License-Identifier: ISC
#include "mirage/dns/zone.hpp"

#include <algorithm>
#include <cstring>

#include "label_order.hpp"

namespace mirage::dns {

namespace {

/// The place in `nodes` of the last one that is not behind what `is_behind` asks for; the last of all when
/// all are, because the chains are rings.
template <class IsBehind>
std::uint32_t at_or_before(const std::vector<std::uint32_t>& nodes, IsBehind is_behind) noexcept {
  const auto first_behind =
      std::ranges::partition_point(nodes, [&](std::uint32_t offset) { return !is_behind(offset); });
  return first_behind == nodes.begin() ? nodes.back() : *(first_behind - 1);
}

}  // namespace

std::string_view describe(zone_error error) noexcept {
  switch (error) {
    case zone_error::outside: return "the record lies outside of the zone";
    case zone_error::wrong_class: return "the record is not of the class IN";
    case zone_error::bad_data: return "the record's data is not what its type wants";
    case zone_error::no_soa: return "the zone has no SOA record at its apex";
    case zone_error::several_soas: return "the zone has more than one SOA record";
    case zone_error::cname_and_other: return "a name has a CNAME record and others";
    case zone_error::several_cnames: return "a name has more than one CNAME or DNAME record";
    case zone_error::too_large: return "the zone is larger than 4 GiB";
  }
  return "this is not a zone";
}

record_set zone_node::load_set(const std::byte*& from) noexcept {
  record_set set;
  set.type_ = static_cast<record_type>(load_be16(from));
  set.count_ = load_be16(from + 2);
  set.signature_count_ = load_be16(from + 4);
  set.records_ = {from + 14, load_be32(from + 6)};
  set.signatures_ = {from + 14 + set.records_.size(), load_be32(from + 10)};
  from += 14 + set.records_.size() + set.signatures_.size();
  return set;
}

record_set zone_node::find(record_type type) const noexcept {
  const std::byte* from = sets();
  for (unsigned i = set_count(); i > 0; --i) {
    if (load_be16(from) == static_cast<std::uint16_t>(type)) return load_set(from);
    from += 14 + std::size_t{load_be32(from + 6)} + load_be32(from + 10);
  }
  return {};
}

std::size_t zone::memory() const noexcept {
  return sizeof *this + arena_size_ + slots_.capacity() * sizeof(slot) +
         (nsec_.capacity() + nsec3_.capacity()) * sizeof(std::uint32_t);
}

record_set zone::negative_soa() const noexcept {
  const std::byte* from = negative_soa_.get();
  return zone_node::load_set(from);
}

std::size_t zone::node_size(zone_node node) noexcept {
  const std::byte* from = node.sets();
  for (unsigned i = node.set_count(); i > 0; --i)
    from += 14 + std::size_t{load_be32(from + 6)} + load_be32(from + 10);
  return static_cast<std::size_t>(from - node.at_);
}

zone_node zone::next(zone_node after) const noexcept {
  const std::byte* at = after.at_ + node_size(after);
  return at < arena_.get() + arena_size_ ? zone_node(at) : zone_node();
}

void zone::index(std::uint64_t hash, std::uint32_t offset) noexcept {
  std::size_t place = place_of(hash);
  while (slots_[place].offset != 0) place = place + 1 == slots_.size() ? 0 : place + 1;
  slots_[place] = {static_cast<std::uint32_t>(hash), offset + 1};
}

// Of a `*` the name above it, which may lie long before.
void zone::mark_wildcard(zone_node node) noexcept {
  const cbytes labels = node.labels();
  if (labels.size() < 2 || labels[0] != std::byte{1} || labels[1] != std::byte{'*'}) return;
  const cbytes parent = labels.subspan(2);
  const label_starts starts(parent);
  std::uint64_t hash = origin_hash_;
  for (unsigned i = starts.count(); i-- > 0;) hash = query_name::extend(hash, starts.label(i));
  const zone_node found = find(hash, parent);
  if (found) arena_[static_cast<std::size_t>(found.at_ - arena_.get()) + 1] |= std::byte{zone_node::wildcard};
}

void zone::prepare_soa() {
  const record_set soa = apex().find(record_type::soa);
  const std::byte* const from = soa.records().data() - 14;
  const std::size_t size = 14 + soa.records().size() + soa.signatures().size();
  negative_soa_ = std::make_unique_for_overwrite<std::byte[]>(size);
  std::memcpy(negative_soa_.get(), from, size);
  const cbytes rdata = soa.rdata();
  serial_ = load_be32(rdata.data() + rdata.size() - 20);
  const std::uint32_t ttl = std::min(soa.ttl(), load_be32(rdata.data() + rdata.size() - 4));
  std::byte* record = negative_soa_.get() + 14;
  for (unsigned i = soa.count() + soa.signature_count(); i > 0; --i) {
    store_be32(record + 6, ttl);
    record += record_set::record_header + load_be16(record + 10);
  }
}

zone_node zone::find(std::uint64_t hash, cbytes labels) const noexcept {
  const auto tag = static_cast<std::uint32_t>(hash);
  for (std::size_t place = place_of(hash);;) {
    const slot& each = slots_[place];
    if (each.offset == 0) return {};
    if (each.tag == tag) {
      const zone_node node(arena_.get() + (each.offset - 1));
      if (order_of_octets(node.labels(), labels) == 0) return node;
    }
    place = place + 1 == slots_.size() ? 0 : place + 1;
  }
}

zone_node zone::find_wildcard(const query_name& name, unsigned labels) const noexcept {
  const cbytes below = name.view().wire().subspan(name.start(labels), relative_size(name, labels));
  std::array<std::byte, longest_name + 2> wildcard;
  wildcard[0] = std::byte{1};
  wildcard[1] = std::byte{'*'};
  std::ranges::copy(below, wildcard.begin() + 2);
  const std::uint64_t hash = query_name::extend(name.hash(labels), cbytes(wildcard).subspan(1, 1));
  return find(hash, cbytes(wildcard).first(below.size() + 2));
}

zone_node zone::nsec_at_or_before(const query_name& name) const noexcept {
  const cbytes labels = name.view().wire().first(name.start(origin_labels_));
  return zone_node(arena_.get() + at_or_before(nsec_, [&](std::uint32_t offset) {
                     return canonical_order(zone_node(arena_.get() + offset).labels(), labels) > 0;
                   }));
}

zone_node zone::nsec3_at_or_before(cbytes digits) const noexcept {
  return zone_node(arena_.get() + at_or_before(nsec3_, [&](std::uint32_t offset) {
                     return order_of_octets(zone_node(arena_.get() + offset).labels().subspan(1), digits) > 0;
                   }));
}

}  // namespace mirage::dns
