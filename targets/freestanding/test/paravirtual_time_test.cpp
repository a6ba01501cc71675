// SPDX-License-Identifier: ISC
#include "mirage/freestanding/x86_64/paravirtual_time.hpp"

#include <gtest/gtest.h>

namespace mirage::freestanding {
namespace {

// Two ticks a nanosecond.
constexpr paravirtual_time half{.version = 2,
                                .padding = 0,
                                .time_stamp = 1000,
                                .nanoseconds = 50,
                                .factor = 0x8000'0000,
                                .shift = 0,
                                .flags = 0,
                                .padding2 = {}};

TEST(paravirtual_time, counts_from_the_moment_that_the_host_wrote) {
  EXPECT_EQ(nanoseconds_at(half, 1000), 50U);
  EXPECT_EQ(nanoseconds_at(half, 1200), 150U);
}

TEST(paravirtual_time, shifts_the_ticks_either_way) {
  paravirtual_time other = half;
  other.shift = 2;
  EXPECT_EQ(nanoseconds_at(other, 1200), 450U);
  other.shift = -1;
  EXPECT_EQ(nanoseconds_at(other, 1200), 100U);
}

TEST(paravirtual_time, stands_still_while_the_counter_is_behind_the_one_of_the_host) {
  EXPECT_EQ(nanoseconds_at(half, 999), 50U);
  EXPECT_EQ(nanoseconds_at(half, 0), 50U);
}

TEST(paravirtual_time, goes_on_where_the_counter_overflows) {
  paravirtual_time late = half;
  late.time_stamp = UINT64_MAX - 9;
  EXPECT_EQ(nanoseconds_at(late, 10), 60U);
}

}  // namespace
}  // namespace mirage::freestanding
