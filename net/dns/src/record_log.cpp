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
  insert(static_cast<std::uint32_t>((pieces_.size() - 1) * piece_size + used_));
  used_ += size;
  return true;
}

// Most files are in order, save that a name's records are in that of whoever wrote them.
void record_log::insert(std::uint32_t place) {
  constexpr std::size_t most_steps = 32;
  auto where = places_.end();
  while (in_order_ && where != places_.begin()) {
    const auto order = at(where[-1]) <=> at(place);
    if (order == 0) return;
    if (order < 0) break;
    --where;
    in_order_ = places_.end() - where <= static_cast<std::ptrdiff_t>(most_steps);
  }
  places_.insert(in_order_ ? where : places_.end(), place);
}

bool record_log::sort(std::size_t records) {
  for (; !in_order_; --records) {
    if (records == 0) return false;
    if (run_ < places_.size())
      merge_next();
    else
      keep_next();
  }
  return true;
}

void record_log::merge_next() {
  const std::size_t size = places_.size();
  const std::size_t begin = merged_.size() / (2 * run_) * (2 * run_);  // of the two runs
  const std::size_t middle = std::min(begin + run_, size);
  const std::size_t end = std::min(begin + 2 * run_, size);
  if (merged_.size() == begin) {
    merged_.reserve(size);
    left_ = begin;
    right_ = middle;
  }
  const bool from_left = right_ == end || (left_ != middle && order(places_[left_], places_[right_]) < 0);
  merged_.push_back(places_[from_left ? left_++ : right_++]);
  if (merged_.size() < size) return;
  places_.swap(merged_);
  merged_.clear();
  run_ *= 2;
  left_ = right_ = 0;
}

void record_log::keep_next() {
  const std::uint32_t next = places_[left_++];
  if (right_ == 0 || (at(places_[right_ - 1]) <=> at(next)) != 0) places_[right_++] = next;
  if (left_ < places_.size()) return;
  places_.resize(right_);
  merged_ = {};
  in_order_ = true;
}

}  // namespace mirage::dns
