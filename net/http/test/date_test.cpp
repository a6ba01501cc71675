// SPDX-License-Identifier: ISC
// Dates, RFC 9110 §5.6.7.
#include "mirage/http/date.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace mirage::http {
namespace {

constexpr seconds_time at(std::int64_t seconds) { return seconds_time{seconds_time::duration{seconds}}; }

constexpr seconds_time now = at(1795298400);  // 2026-11-21

std::string_view text(const date_text& date) { return {date.data(), date.size()}; }

TEST(Date, ReadsTheThreeForms) {
  EXPECT_EQ(parse_date("Sun, 06 Nov 1994 08:49:37 GMT", now), at(784111777));
  EXPECT_EQ(parse_date("Sunday, 06-Nov-94 08:49:37 GMT", now), at(784111777));
  EXPECT_EQ(parse_date("Sun Nov  6 08:49:37 1994", now), at(784111777));
  EXPECT_EQ(parse_date("Sun Nov 16 08:49:37 1994", now), at(784111777 + 10 * 86400));
  EXPECT_EQ(parse_date("Thu, 01 Jan 1970 00:00:00 GMT", now), at(0));
  EXPECT_EQ(parse_date("Tue, 29 Feb 2000 23:59:60 GMT", now), at(951868800));
  EXPECT_EQ(parse_date("Wed, 31 Dec 1969 23:59:59 GMT", now), at(-1));
}

TEST(Date, TakesTwoDigitsAsAtMostFiftyYearsAhead) {
  EXPECT_EQ(parse_date("Friday, 01-Jan-76 00:00:00 GMT", now),
            parse_date("Wed, 01 Jan 2076 00:00:00 GMT", now));
  EXPECT_EQ(parse_date("Saturday, 01-Jan-77 00:00:00 GMT", now),
            parse_date("Sat, 01 Jan 1977 00:00:00 GMT", now));
  EXPECT_EQ(parse_date("Friday, 01-Jan-26 00:00:00 GMT", now),
            parse_date("Thu, 01 Jan 2026 00:00:00 GMT", now));
}

TEST(Date, RefusesEverythingElse) {
  for (std::string_view bad : {
           "",
           "Sun",
           "Sun,",
           "Sun, 06 Nov 1994 08:49:37",
           "Sun, 06 Nov 1994 08:49:37 GMT ",
           "Sun, 6 Nov 1994 08:49:37 GMT",
           "Sun, 06 nov 1994 08:49:37 GMT",
           "sun, 06 Nov 1994 08:49:37 GMT",
           "Sun, 06 Nov 94 08:49:37 GMT",
           "Sun, 06 Nov 1994 24:49:37 GMT",
           "Sun, 06 Nov 1994 08:60:37 GMT",
           "Sun, 06 Nov 1994 08:49:61 GMT",
           "Sun, 06 Nov 1994 08:49:37 UTC",
           "Sun, 31 Nov 1994 08:49:37 GMT",
           "Tue, 29 Feb 1900 08:49:37 GMT",
           "Sun, 00 Nov 1994 08:49:37 GMT",
           "Sun, 06 Nov 1994 8:49:37 GMT",
           "Sunday, 06 Nov 1994 08:49:37 GMT",
           "Sunda, 06-Nov-94 08:49:37 GMT",
           "Sun Nov 6 08:49:37 1994",
           "Sun Nov  6 08:49:37 94",
           "1994-11-06T08:49:37Z",
           "784111777",
           "Sun, -6 Nov 1994 08:49:37 GMT",
       })
    EXPECT_EQ(parse_date(bad, now), std::nullopt) << bad;
}

TEST(Date, Prints) {
  EXPECT_EQ(text(print_date(at(784111777))), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(text(print_date(at(0))), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(text(print_date(at(-1))), "Wed, 31 Dec 1969 23:59:59 GMT");
  EXPECT_EQ(text(print_date(at(951782400))), "Tue, 29 Feb 2000 00:00:00 GMT");
  EXPECT_EQ(text(print_date(at(INT64_MAX))), "Fri, 31 Dec 9999 23:59:59 GMT");
  EXPECT_EQ(text(print_date(at(INT64_MIN))), "Sat, 01 Jan 0000 00:00:00 GMT");
}

TEST(Date, ReadsWhatItPrints) {
  // Every day of the week, month ends and leap years: a step that is no multiple of anything.
  for (std::int64_t seconds = -5'000'000'000; seconds < 10'000'000'000; seconds += 12'345'677)
    ASSERT_EQ(parse_date(text(print_date(at(seconds))), now), at(seconds)) << seconds;
}

TEST(Date, CacheFollowsTheSecond) {
  date_cache cache;
  const wall_time second{784111777s};
  EXPECT_EQ(cache.at(second), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(cache.at(second + 999'999'999ns), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(cache.at(second + 1s), "Sun, 06 Nov 1994 08:49:38 GMT");
  EXPECT_EQ(cache.at(second), "Sun, 06 Nov 1994 08:49:37 GMT");  // the wall clock may jump
}

}  // namespace
}  // namespace mirage::http
