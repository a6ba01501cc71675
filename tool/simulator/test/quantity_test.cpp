// SPDX-License-Identifier: ISC
#include "../src/quantity.hpp"

#include <gtest/gtest.h>

namespace mirage::simulator {
namespace {

TEST(quantity, has_a_number_and_a_unit) {
  EXPECT_EQ(parse_duration("5 ms"), 5ms);
  EXPECT_EQ(parse_duration("0.5s"), 500ms);
  EXPECT_EQ(parse_duration("2 min"), 120s);
  EXPECT_EQ(parse_bandwidth("100 Mbit/s"), 100'000'000u);
  EXPECT_EQ(parse_bandwidth("1.5 Gbit/s"), 1'500'000'000u);
  EXPECT_EQ(parse_size("64 KiB"), 65536u);
  EXPECT_EQ(parse_size("2 MB"), 2'000'000u);
  EXPECT_DOUBLE_EQ(*parse_share("0.1 %"), 0.001);
  EXPECT_DOUBLE_EQ(*parse_share("100%"), 1);
}

TEST(quantity, is_refused_where_it_means_nothing) {
  for (const char* text :
       {"", "5", "ms", "-5 ms", "5 m", "5  ms", "5 ms ", "nan s", "inf s", "1e30 s", "5 MS"})
    EXPECT_FALSE(parse_duration(text)) << text;
  for (const char* text : {"101 %", "0.5", "-1 %"}) EXPECT_FALSE(parse_share(text)) << text;
  EXPECT_FALSE(parse_bandwidth("10 Mbit"));
  EXPECT_FALSE(parse_size("10 Ki"));
}

}  // namespace
}  // namespace mirage::simulator
