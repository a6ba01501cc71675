// SPDX-License-Identifier: ISC
#include "mirage/dns/query_name.hpp"

#include <cstring>

#include "ascii.hpp"
#include "mirage/core/hash.hpp"

namespace mirage::dns {

namespace {

std::uint64_t word_at(const std::byte* from) noexcept {
  std::uint64_t word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

/// At most seven octets as the low ones of a word.
std::uint64_t short_word_at(const std::byte* from, std::size_t size) noexcept {
  const auto octet = [&](std::size_t at) { return std::to_integer<std::uint64_t>(from[at]) << (8 * at); };
  if (size == 0) return 0;
  if (size < 4) return octet(0) | octet(size / 2) | octet(size - 1);
  std::uint32_t front;
  std::uint32_t back;
  std::memcpy(&front, from, 4);
  std::memcpy(&back, from + size - 4, 4);
  return front | std::uint64_t{back} << (8 * (size - 4));
}

}  // namespace

// What was just written in pieces is not read again in others: that would wait until it is in the cache. So
// the hashes are made of the original.
void query_name::set(name_view from) noexcept {
  size_ = from.size();
  labels_ = 0;
  for (std::size_t at = 0; at + 1 < size_; at += 1 + std::to_integer<std::size_t>(from.data()[at]))
    starts_[labels_++] = static_cast<std::uint8_t>(at);
  starts_[labels_] = static_cast<std::uint8_t>(size_ - 1);
  hashes_[0] = hash_of_root();
  for (unsigned i = 1; i <= labels_; ++i) {
    const std::byte* label = from.data() + starts_[labels_ - i];
    hashes_[i] = extend(hashes_[i - 1], {label + 1, std::to_integer<std::size_t>(*label)});
  }
  std::size_t at = 0;
  for (; at + 8 <= size_; at += 8) {
    const std::uint64_t word = to_lower(word_at(from.data() + at));
    std::memcpy(octets_.data() + at, &word, sizeof word);
  }
  const std::uint64_t rest = to_lower(short_word_at(from.data() + at, size_ - at));
  std::memcpy(octets_.data() + at, &rest, sizeof rest);  // there is room behind the longest name
}

std::uint64_t query_name::extend(std::uint64_t hash, cbytes label) noexcept {
  std::size_t at = 0;
  for (; at + 8 <= label.size(); at += 8) hash = hash_mix(hash, to_lower(word_at(label.data() + at)));
  // At most seven octets, and their count, so that no label is another's beginning.
  const std::uint64_t rest = to_lower(short_word_at(label.data() + at, label.size() - at));
  return hash_mix(hash, rest | std::uint64_t{label.size()} << 56);
}

}  // namespace mirage::dns
