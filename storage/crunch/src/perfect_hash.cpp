// SPDX-License-Identifier: ISC
// "Hash and displace": keys fall into buckets of about four; bucket by bucket, the fullest first, a
// displacement is tried until all of its keys meet free slots. With a quarter of the slots free the search
// ends soon.
#include "mirage/crunch/perfect_hash.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>

namespace mirage {

namespace {

constexpr std::uint32_t no_entry = std::numeric_limits<std::uint32_t>::max();

class table_search {
 public:
  table_search(const std::vector<std::string_view>& keys, std::size_t slots)
      : buckets_(keys.size() / 4 + 1), displacements_(buckets_.size()), slots_(slots, no_entry) {
    hashes_.reserve(keys.size());
    for (const std::string_view key : keys) {
      const std::uint64_t hash = crunch_hash(key);
      buckets_[crunch_bucket(hash, buckets_.size())].push_back(static_cast<std::uint32_t>(hashes_.size()));
      hashes_.push_back(hash);
    }
  }

  [[nodiscard]] std::optional<crunch_tables> run() {
    std::vector<std::size_t> order(buckets_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, [this](std::size_t a, std::size_t b) {
      if (buckets_[a].size() != buckets_[b].size()) return buckets_[a].size() > buckets_[b].size();
      return a < b;
    });
    for (const std::size_t bucket : order)
      if (!place(bucket)) return std::nullopt;
    std::ranges::replace(slots_, no_entry, 0U);
    return crunch_tables{std::move(displacements_), std::move(slots_)};
  }

 private:
  [[nodiscard]] bool place(std::size_t bucket) {
    for (std::uint32_t displacement = 0; displacement <= std::numeric_limits<std::uint16_t>::max();
         ++displacement) {
      const auto tried = static_cast<std::uint16_t>(displacement);
      if (!fits(buckets_[bucket], tried)) continue;
      displacements_[bucket] = tried;
      return true;
    }
    return false;
  }

  // Takes the slots if all of them are free and different.
  [[nodiscard]] bool fits(const std::vector<std::uint32_t>& members, std::uint16_t displacement) {
    std::size_t placed = 0;
    for (; placed < members.size(); ++placed) {
      std::uint32_t& slot = slot_of(members[placed], displacement);
      if (slot != no_entry) break;
      slot = members[placed];
    }
    if (placed == members.size()) return true;
    for (std::size_t i = 0; i < placed; ++i) slot_of(members[i], displacement) = no_entry;
    return false;
  }

  [[nodiscard]] std::uint32_t& slot_of(std::uint32_t member, std::uint16_t displacement) {
    return slots_[crunch_slot(hashes_[member], displacement, slots_.size())];
  }

  std::vector<std::vector<std::uint32_t>> buckets_;
  std::vector<std::uint64_t> hashes_;
  std::vector<std::uint16_t> displacements_;
  std::vector<std::uint32_t> slots_;
};

}  // namespace

std::optional<crunch_tables> make_crunch_tables(const std::vector<std::string_view>& keys) {
  // More slots make the search easier; they do not help two keys whose hashes are equal in all 64 bits.
  std::size_t slots = keys.size() + keys.size() / 4 + 1;
  for (int attempt = 0; attempt < 16; ++attempt, slots += slots / 4 + 1) {
    table_search search(keys, slots);
    if (auto tables = search.run()) return tables;
  }
  return std::nullopt;
}

}  // namespace mirage
