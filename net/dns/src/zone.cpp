// SPDX-License-Identifier: ISC
#include "mirage/dns/zone.hpp"

#include <algorithm>
#include <cstring>

#include "label_order.hpp"
#include "zone_block.hpp"

namespace mirage::dns {

namespace {

/// The offset of the last node in a table that is not behind what `is_behind` asks for; of the last of all
/// when all are, because the chains are rings.
template <class IsBehind>
std::uint32_t at_or_before(const std::byte* table, std::size_t entries, IsBehind is_behind) noexcept {
  std::size_t first_behind = 0;
  for (std::size_t end = entries; first_behind < end;) {
    const std::size_t middle = first_behind + (end - first_behind) / 2;
    if (is_behind(load_le32(table + middle * zone_header::entry_size)))
      end = middle;
    else
      first_behind = middle + 1;
  }
  const std::size_t last = (first_behind == 0 ? entries : first_behind) - 1;
  return load_le32(table + last * zone_header::entry_size);
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
  set.records_ = {from + record_set::set_header, load_be32(from + 6)};
  set.signatures_ = {from + record_set::set_header + set.records_.size(), load_be32(from + 10)};
  from += record_set::set_header + set.records_.size() + set.signatures_.size();
  return set;
}

record_set zone_node::find(record_type type) const noexcept {
  const std::byte* from = sets();
  for (unsigned i = set_count(); i > 0; --i) {
    if (load_be16(from) == static_cast<std::uint16_t>(type)) return load_set(from);
    from += record_set::set_header + std::size_t{load_be32(from + 6)} + load_be32(from + 10);
  }
  return {};
}

record_set zone::negative_soa() const noexcept {
  const std::byte* from = negative_soa_;
  return zone_node::load_set(from);
}

std::size_t zone::node_size(zone_node node) noexcept {
  const std::byte* from = node.sets();
  for (unsigned i = node.set_count(); i > 0; --i)
    from += record_set::set_header + std::size_t{load_be32(from + 6)} + load_be32(from + 10);
  return static_cast<std::size_t>(from - node.at_);
}

zone_node zone::next(zone_node after) const noexcept {
  const std::byte* at = after.at_ + node_size(after);
  return at < arena_ + arena_size_ ? zone_node(at) : zone_node();
}

zone_node zone::find(std::uint64_t hash, cbytes labels) const noexcept {
  const auto tag = static_cast<std::uint32_t>(hash);
  for (std::size_t place = place_of(hash);;) {
    const std::byte* const slot = index_ + place * zone_header::slot_size;
    const std::uint32_t offset = load_le32(slot + 4);
    if (offset == 0) return {};
    if (load_le32(slot) == tag) {
      const zone_node node(arena_ + (offset - 1));
      if (order_of_octets(node.labels(), labels) == 0) return node;
    }
    place = place + 1 == slots_ ? 0 : place + 1;
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
  return zone_node(arena_ + at_or_before(nsec_, nsecs_, [&](std::uint32_t offset) {
                     return canonical_order(zone_node(arena_ + offset).labels(), labels) > 0;
                   }));
}

zone_node zone::nsec3_at_or_before(cbytes digits) const noexcept {
  return zone_node(arena_ + at_or_before(nsec3_, nsec3s_, [&](std::uint32_t offset) {
                     return order_of_octets(zone_node(arena_ + offset).labels().subspan(1), digits) > 0;
                   }));
}

}  // namespace mirage::dns
