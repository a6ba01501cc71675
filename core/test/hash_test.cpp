// SPDX-License-Identifier: ISC
#include "mirage/core/hash.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <unordered_set>

namespace mirage {
namespace {

TEST(hash_mix, one_bit_changes_about_half_of_the_bits) {
  for (unsigned bit = 0; bit < 64; ++bit) {
    int changed = 0;
    for (std::uint64_t word = 0; word < 256; ++word)
      changed += std::popcount(hash_mix(1, word) ^ hash_mix(1, word ^ (std::uint64_t{1} << bit)));
    EXPECT_NEAR(changed / 256.0, 32.0, 2.0) << bit;
  }
}

TEST(hash_mix, neighbours_spread_over_a_small_table) {
  std::array<int, 64> slots{};
  for (std::uint64_t word = 0; word < 6400; ++word) ++slots[hash_mix(5, word << 8) % slots.size()];
  for (int slot : slots) EXPECT_NEAR(slot, 100, 50);
}

TEST(hash_mix, the_order_of_words_counts) {
  EXPECT_NE(hash_mix(hash_mix(0, 1), 2), hash_mix(hash_mix(0, 2), 1));
}

TEST(hash_mix, words_that_differ_never_meet) {
  std::unordered_set<std::uint64_t> seen;
  for (std::uint64_t word = 0; word < 100'000; ++word) seen.insert(hash_mix(9, word * 0x10001));
  EXPECT_EQ(seen.size(), 100'000u);
}

}  // namespace
}  // namespace mirage
