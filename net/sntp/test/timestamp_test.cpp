// SPDX-License-Identifier: ISC
#include "mirage/sntp/timestamp.hpp"

#include <gtest/gtest.h>

namespace mirage {
namespace {

wall_time unix_time(std::int64_t seconds, std::int64_t nanoseconds = 0) {
  return wall_time(duration(seconds * 1'000'000'000 + nanoseconds));
}

TEST(ntp_timestamp, what_is_known_of_the_calendar) {
  // 2026-11-22T00:00:00Z
  EXPECT_EQ(ntp_timestamp::of(unix_time(1'795'305'600)).value >> 32, 1'795'305'600u + 2'208'988'800u);
  EXPECT_EQ((ntp_timestamp{(1'795'305'600ULL + 2'208'988'800ULL) << 32}.time()), unix_time(1'795'305'600));
  EXPECT_EQ((ntp_timestamp{(1'795'305'600ULL + 2'208'988'800ULL) << 32 | 0x80000000}.time()),
            unix_time(1'795'305'600, 500'000'000));
}

TEST(ntp_timestamp, the_second_era_begins_in_2036) {
  const wall_time last = unix_time(2'085'978'495, 999'999'999);
  EXPECT_EQ(ntp_timestamp::of(last).time(), last);
  EXPECT_EQ(ntp_timestamp::of(unix_time(2'085'978'496)).value, 0u);
  EXPECT_EQ((ntp_timestamp{1ULL << 32}.time()), unix_time(2'085'978'497));
  const wall_time late = unix_time(4'102'444'800, 1);  // 2100
  EXPECT_EQ(ntp_timestamp::of(late).time(), late);
}

TEST(ntp_timestamp, no_time_is_before_2026_or_after_2162) {
  EXPECT_EQ((ntp_timestamp{(1'767'225'600ULL + 2'208'988'800ULL) << 32}.time()), unix_time(1'767'225'600));
  EXPECT_EQ((ntp_timestamp{(1'767'225'599ULL + 2'208'988'800ULL) << 32}.time()),
            unix_time(1'767'225'599 + 4'294'967'296));
}

TEST(ntp_timestamp, every_nanosecond_survives) {
  for (std::int64_t n = 0; n < 1'000'000'000; n += 999'983) {
    const wall_time time = unix_time(1'800'000'000, n);
    ASSERT_EQ(ntp_timestamp::of(time).time(), time) << n;
  }
}

TEST(ntp_timestamp, times_before_1970_are_written_too) {
  EXPECT_EQ(ntp_timestamp::of(unix_time(-1, -500'000'000)).value, (2'208'988'798ULL << 32) + 0x80000000);
}

}  // namespace
}  // namespace mirage
