// SPDX-License-Identifier: ISC
#include "record_log.hpp"

#include <algorithm>
#include <cstring>

#include "ascii.hpp"

namespace mirage::dns {

bool record_log::add(cbytes labels, record_type type, std::uint32_t ttl, cbytes rdata) {
  constexpr std::size_t most_pieces = (std::size_t{1} << 31) / piece_size * 2;
  const std::size_t size = 1 + labels.size() + 8 + rdata.size();
  if (size > piece_size - used_) {
    if (pieces_.size() == most_pieces) return false;
    pieces_.push_back(std::make_unique_for_overwrite<std::byte[]>(piece_size));
    used_ = 0;
  }
  std::byte* to = pieces_.back().get() + used_;
  *to++ = static_cast<std::byte>(labels.size());
  for (const std::byte octet : labels) *to++ = to_lower(octet);
  store_be16(to, static_cast<std::uint16_t>(type));
  store_be32(to + 2, ttl);
  store_be16(to + 6, static_cast<std::uint16_t>(rdata.size()));
  if (!rdata.empty()) std::memcpy(to + 8, rdata.data(), rdata.size());
  places_.push_back(static_cast<std::uint32_t>((pieces_.size() - 1) * piece_size + used_));
  used_ += size;
  return true;
}

void record_log::sort() {
  // Of equal ones, which may differ in their TTL, the first that was added stays.
  const auto before = [this](std::uint32_t a, std::uint32_t b) {
    const auto order = at(a) <=> at(b);
    return order != 0 ? order < 0 : a < b;
  };
  // Most files are written in order, and looking is much cheaper than sorting.
  if (!std::ranges::is_sorted(places_, before)) std::ranges::sort(places_, before);
  const auto same = [this](std::uint32_t a, std::uint32_t b) { return (at(a) <=> at(b)) == 0; };
  const auto [first, last] = std::ranges::unique(places_, same);
  places_.erase(first, last);
}

}  // namespace mirage::dns
