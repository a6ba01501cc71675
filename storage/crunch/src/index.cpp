// SPDX-License-Identifier: ISC
#include "mirage/crunch/index.hpp"

#include <cstring>

#include "mirage/core/endian.hpp"
#include "mirage/core/hash.hpp"

namespace mirage {

std::uint64_t crunch_hash(std::string_view key) noexcept {
  std::uint64_t hash = key.size();
  cbytes rest = as_bytes(key);
  for (; rest.size() >= 8; rest = rest.subspan(8)) hash = hash_mix(hash, load_le64(rest.data()));
  if (rest.empty()) return hash;
  std::byte last[8] = {};
  std::memcpy(last, rest.data(), rest.size());
  return hash_mix(hash, load_le64(last));
}

const crunch_entry* crunch_index::find(std::string_view key) const noexcept {
  if (entries.empty()) return nullptr;
  const std::uint64_t hash = crunch_hash(key);
  const std::uint16_t displacement = displacements[crunch_bucket(hash, displacements.size())];
  const crunch_entry& entry = entries[slots[crunch_slot(hash, displacement, slots.size())]];
  return entry.key == key ? &entry : nullptr;
}

}  // namespace mirage
