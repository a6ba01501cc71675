// SPDX-License-Identifier: ISC
#include "mirage/dns/query_name.hpp"

#include <cstring>

#include "ascii.hpp"
#include "mirage/core/hash.hpp"

namespace mirage::dns {

void query_name::set(name_view from) noexcept {
  size_ = from.size();
  std::size_t at = 0;
  for (; at + 8 <= size_; at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, from.data() + at, 8);
    word = to_lower(word);
    std::memcpy(octets_.data() + at, &word, 8);
  }
  for (; at < size_; ++at) octets_[at] = to_lower(from.data()[at]);
  labels_ = 0;
  for (at = 0; at + 1 < size_; at += 1 + static_cast<std::size_t>(octets_[at]))
    starts_[labels_++] = static_cast<std::uint8_t>(at);
  starts_[labels_] = static_cast<std::uint8_t>(at);
  hashes_[0] = hash_of_root();
  for (unsigned i = 1; i <= labels_; ++i) hashes_[i] = extend(hashes_[i - 1], ending(i).label());
}

std::uint64_t query_name::extend(std::uint64_t hash, cbytes label) noexcept {
  std::size_t at = 0;
  for (; at + 8 <= label.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, label.data() + at, 8);
    hash = hash_mix(hash, word);
  }
  // At most seven octets, and their count, so that no label is another's beginning.
  std::uint64_t rest = std::uint64_t{label.size()} << 56;
  std::memcpy(&rest, label.data() + at, label.size() - at);
  return hash_mix(hash, rest);
}

}  // namespace mirage::dns
