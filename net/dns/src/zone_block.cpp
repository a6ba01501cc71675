// SPDX-License-Identifier: ISC
#include "zone_block.hpp"

#include "mirage/dns/zone.hpp"

namespace mirage::dns {

std::unique_ptr<const zone> zone::open(cbytes block) {
  if (block.size() < zone_header::size || load_le64(block.data()) != zone_header::version) return nullptr;
  if (zone_header::size_of_all(block.data()) != block.size()) return nullptr;
  if (!name_view::front_of(block.subspan(zone_header::origin, longest_name))) return nullptr;
  std::unique_ptr<zone> made(new zone);
  made->lay_out(block);
  return made;
}

void zone::lay_out(cbytes block) noexcept {
  const auto size_of = [&](zone_header::field which) {
    return std::size_t{zone_header::load(block.data(), which)};
  };
  block_ = block;
  origin_ = name(*name_view::front_of(block.subspan(zone_header::origin, longest_name)));
  const query_name origin(origin_);
  origin_labels_ = origin.labels();
  origin_hash_ = origin.hash(origin_labels_);
  serial_ = zone_header::load(block.data(), zone_header::serial);
  names_ = size_of(zone_header::names);
  records_ = size_of(zone_header::records);
  slots_ = size_of(zone_header::slots);
  nsecs_ = size_of(zone_header::nsecs);
  nsec3s_ = size_of(zone_header::nsec3s);
  arena_size_ = size_of(zone_header::arena_size);
  index_ = block.data() + zone_header::size;
  nsec_ = index_ + slots_ * zone_header::slot_size;
  arena_ = nsec_ + nsecs_ * zone_header::entry_size;
  negative_soa_ = arena_ + arena_size_;
  nsec3_ = negative_soa_ + size_of(zone_header::soa_size);
}

}  // namespace mirage::dns
