// SPDX-License-Identifier: ISC
#include "mirage/tcp/sequence.hpp"

#include <gtest/gtest.h>

namespace mirage::tcp_protocol {
namespace {

TEST(sequence, is_ordered_around_the_end) {
  const sequence before(0xfffffff0);
  const sequence behind = before + 0x20;
  EXPECT_EQ(behind.value(), 0x10u);
  EXPECT_TRUE(before < behind && behind > before && before <= behind && behind >= before);
  EXPECT_EQ(behind - before, 0x20u);
  EXPECT_EQ(later_of(before, behind), behind);
  EXPECT_EQ(earlier_of(before, behind), before);
}

TEST(sequence, is_equal_to_itself_only) {
  const sequence one(5);
  EXPECT_TRUE(one <= one && one >= one && one == one);
  EXPECT_FALSE(one < one);
  EXPECT_FALSE(one == one + 1);
}

}  // namespace
}  // namespace mirage::tcp_protocol
