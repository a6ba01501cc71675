// SPDX-License-Identifier: ISC
#include "mirage/dns/random_case.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace mirage::dns {
namespace {

TEST(RandomCase, OnlyTheCaseChangesAndDependsOnTheNumber) {
  const name plain = *name::parse("a-long.name1.with.many.letters.example.org");
  unsigned changed = 0;
  for (std::uint64_t random = 0; random < 100; ++random) {
    const name other = in_random_case(plain, random);
    EXPECT_EQ(other, plain);
    EXPECT_TRUE(is_same_case(other, in_random_case(plain, random)));
    if (!is_same_case(other, plain)) ++changed;
  }
  EXPECT_GT(changed, 95U);
}

TEST(RandomCase, LengthsAndOtherOctetsStay) {
  // A label as long as the number of a letter would be.
  const name digits = *name::parse("0123456789.-_.9");
  EXPECT_TRUE(is_same_case(in_random_case(digits, 7), digits));
}

}  // namespace
}  // namespace mirage::dns
