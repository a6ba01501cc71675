// SPDX-License-Identifier: ISC
#include "mirage/dns_server/zone_table.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "mirage/core/panic.hpp"

namespace mirage::dns {

void zone_table::set(shared<const zone> added) {
  const auto same = [&](const auto& each) { return each->origin() == added->origin(); };
  const auto found = std::ranges::find_if(zones_, same);
  if (found != zones_.end()) std::erase(unavailable_, found->get());
  if (found != zones_.end())
    *found = std::move(added);
  else
    zones_.push_back(std::move(added));
  index();
}

void zone_table::remove(name_view origin) {
  std::erase_if(zones_, [&](const auto& each) {
    if (each->origin() != origin) return false;
    std::erase(unavailable_, each.get());
    return true;
  });
  index();
}

void zone_table::set_unavailable(name_view origin) {
  zone_builder builder(origin);
  const std::array<std::byte, 22> soa{};  // of nobody, and no zone that is served
  auto made = builder.add(origin, record_type::soa, 0, soa) ? builder.finish() : fail(zone_error::no_soa);
  require(made.has_value(), "a zone of one SOA record cannot be made");
  const zone* const standing = made->get();
  set(*std::move(made));
  unavailable_.push_back(standing);
}

shared<const zone> zone_table::hold(name_view origin) const noexcept {
  const auto found = std::ranges::find_if(zones_, [&](const auto& each) { return each->origin() == origin; });
  return found == zones_.end() || is_unavailable(**found) ? nullptr : *found;
}

void zone_table::index() {
  slots_.assign(std::bit_ceil(zones_.size() * 2 + 1), slot());
  has_labels_.assign(most_labels + 1, false);
  for (const auto& each : zones_) {
    const query_name origin(each->origin());
    const std::uint64_t hash = origin.hash(origin.labels());
    std::size_t place = static_cast<std::size_t>(hash) & (slots_.size() - 1);
    while (slots_[place].of != nullptr) place = (place + 1) & (slots_.size() - 1);
    slots_[place] = {hash, each.get()};
    has_labels_[origin.labels()] = true;
  }
}

const zone* zone_table::find(const query_name& name, unsigned labels) const noexcept {
  if (slots_.empty()) return nullptr;
  for (unsigned count = labels + 1; count-- > 0;) {
    if (!has_labels_[count]) continue;
    const std::uint64_t hash = name.hash(count);
    for (std::size_t place = static_cast<std::size_t>(hash) & (slots_.size() - 1);
         slots_[place].of != nullptr; place = (place + 1) & (slots_.size() - 1))
      if (slots_[place].hash == hash && slots_[place].of->origin() == name.ending(count))
        return slots_[place].of;
  }
  return nullptr;
}

}  // namespace mirage::dns
