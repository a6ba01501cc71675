// SPDX-License-Identifier: ISC
#include <mirage/linux/entropy.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <set>
#include <vector>

namespace mirage {
namespace {

TEST(entropy, small_wishes_never_repeat) {
  entropy_buffer entropy;
  std::set<std::array<std::byte, 16>> seen;
  for (int i = 0; i < 10'000; ++i) {
    std::array<std::byte, 16> value{};
    entropy.fill(value);
    EXPECT_TRUE(seen.insert(value).second);
  }
}

TEST(entropy, large_wishes_are_filled_to_the_end) {
  entropy_buffer entropy;
  for (const std::size_t size :
       {std::size_t{1}, std::size_t{255}, std::size_t{257}, std::size_t{513}, std::size_t{100'000}}) {
    // A byte that stays zero in sixteen fillings was not filled.
    std::vector<std::byte> any(size);
    for (int i = 0; i < 16; ++i) {
      std::vector<std::byte> once(size);
      entropy.fill(once);
      std::ranges::transform(any, once, any.begin(), [](std::byte a, std::byte b) { return a | b; });
    }
    EXPECT_EQ(std::ranges::count(any, std::byte{0}), 0) << size;
  }
}

TEST(entropy, half_of_the_bits_are_set) {
  entropy_buffer entropy;
  std::size_t ones = 0;
  for (int i = 0; i < 1000; ++i) {
    std::array<std::byte, 100> value{};
    entropy.fill(value);
    for (const std::byte each : value) ones += std::bitset<8>(std::to_integer<unsigned>(each)).count();
  }
  EXPECT_NEAR(static_cast<double>(ones), 400'000.0, 4'000.0);  // 9 standard deviations
}

TEST(entropy, nothing_is_a_wish_too) {
  entropy_buffer entropy;
  entropy.fill({});
  SUCCEED();
}

}  // namespace
}  // namespace mirage
