// SPDX-License-Identifier: ISC
#include "mirage/core/argument_value.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <random>
#include <string>

#include "mirage/core/format.hpp"

namespace mirage {
namespace {

template <class T>
std::optional<T> parsed(std::string_view text) {
  T value{};
  std::array<char, 100> space;
  text_writer why(space);
  if (!detail::parse_value(text, value, why)) return std::nullopt;
  return value;
}

TEST(argument_value, integers_fit_or_are_refused) {
  EXPECT_EQ(parsed<std::uint8_t>("255"), 255);
  EXPECT_EQ(parsed<std::uint8_t>("256"), std::nullopt);
  EXPECT_EQ(parsed<std::uint8_t>("-1"), std::nullopt);
  EXPECT_EQ(parsed<std::int8_t>("-128"), -128);
  EXPECT_EQ(parsed<std::int8_t>("-129"), std::nullopt);
  EXPECT_EQ(parsed<std::int8_t>("128"), std::nullopt);
  EXPECT_EQ(parsed<std::uint16_t>("00080"), 80);
  EXPECT_EQ(parsed<std::int64_t>("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(parsed<std::int64_t>("9223372036854775808"), std::nullopt);
  EXPECT_EQ(parsed<std::uint64_t>("18446744073709551615"), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(parsed<std::uint64_t>("18446744073709551616"), std::nullopt);
  EXPECT_EQ(parsed<std::int32_t>("-0"), 0);
  for (std::string_view wrong : {"", "-", "--1", "+1", " 1", "1 ", "0x10", "1.0", "1e3", "ten", "1,2"})
    EXPECT_EQ(parsed<std::int32_t>(wrong), std::nullopt) << wrong;
}

TEST(argument_value, flags_and_texts) {
  EXPECT_EQ(parsed<bool>("true"), true);
  EXPECT_EQ(parsed<bool>("false"), false);
  for (std::string_view wrong : {"", "1", "yes", "True", "true "})
    EXPECT_EQ(parsed<bool>(wrong), std::nullopt);
  EXPECT_EQ(parsed<std::string_view>(""), "");
  EXPECT_EQ(parsed<std::string_view>("a b"), "a b");
}

TEST(argument_value, lengths_of_time) {
  EXPECT_EQ(parsed<duration>("0s"), 0s);
  EXPECT_EQ(parsed<duration>("1.5s"), 1500ms);
  EXPECT_EQ(parsed<duration>("200ms"), 200ms);
  EXPECT_EQ(parsed<duration>("20us"), 20us);
  EXPECT_EQ(parsed<duration>("7ns"), 7ns);
  EXPECT_EQ(parsed<duration>("10min"), 10min);
  EXPECT_EQ(parsed<duration>("0.25h"), 15min);
  EXPECT_EQ(parsed<duration>("2d"), 48h);
  EXPECT_EQ(parsed<duration>("0.000000001s"), 1ns);
  EXPECT_EQ(parsed<duration>("1.000000000000000s"), 1s);
  EXPECT_EQ(parsed<duration>("0.999999999999999d"), std::nullopt);
  EXPECT_EQ(parsed<duration>("0.5ns"), std::nullopt);
  EXPECT_EQ(parsed<duration>("9223372036.854775807s"), duration::max());
  EXPECT_EQ(parsed<duration>("9223372036.854775808s"), std::nullopt);
  EXPECT_EQ(parsed<duration>("9223372037s"), std::nullopt);
  EXPECT_EQ(parsed<duration>("106751d"), 106751 * 24h);
  EXPECT_EQ(parsed<duration>("106752d"), std::nullopt);
  for (std::string_view wrong : {"", "s", "1", "1.s", ".5s", "1.5", "-1s", "+1s", "1 s", "1S", "1sec", "1m",
                                 "1s ", "1.2.3s", "1e3s", "99999999999999999999s", "1.0000000000000000s"})
    EXPECT_EQ(parsed<duration>(wrong), std::nullopt) << wrong;
}

TEST(argument_value, what_is_printed_of_a_length_of_time_reads_back) {
  std::mt19937_64 random(9);
  for (int i = 0; i < 50'000; ++i) {
    const duration value(static_cast<std::int64_t>(random() >> (1 + random() % 62)));
    ASSERT_EQ(parsed<duration>(format_text<40>("{}", value)), value);
  }
}

TEST(argument_value, addresses) {
  EXPECT_EQ(parsed<mac_address>("02:00:00:00:00:01"), mac_address("02:00:00:00:00:01"));
  EXPECT_EQ(parsed<ipv4_prefix>("10.0.0.2/24"), ipv4_prefix("10.0.0.2/24"));
  EXPECT_EQ(parsed<ip_address>("::1"), ip_address("::1"));
  EXPECT_EQ(parsed<endpoint>("[::1]:80"), endpoint("[::1]:80"));
  EXPECT_EQ(parsed<ipv4_address>("10.0.0.2/24"), std::nullopt);
}

TEST(argument_value, optional_and_lists) {
  EXPECT_EQ(parsed<std::optional<bool>>("true"), std::optional(true));
  EXPECT_EQ(parsed<std::optional<bool>>("maybe"), std::nullopt);
  using list = inline_vector<std::uint16_t, 3>;
  const auto values = parsed<list>("1,22,333");
  ASSERT_TRUE(values);
  EXPECT_EQ(std::vector<std::uint16_t>(values->begin(), values->end()),
            (std::vector<std::uint16_t>{1, 22, 333}));
  for (std::string_view wrong : {"", ",", "1,", ",1", "1,,2", "1,x", "1,2,3,4"})
    EXPECT_FALSE(parsed<list>(wrong)) << wrong;
}

TEST(argument_value, the_words_for_integers_name_their_range) {
  EXPECT_EQ(detail::argument_words<std::uint8_t>::get().expected, "a number from 0 to 255");
  EXPECT_EQ(detail::argument_words<std::int8_t>::get().expected, "a number from -128 to 127");
  EXPECT_EQ(detail::argument_words<std::uint16_t>::get().expected, "a number from 0 to 65535");
  EXPECT_EQ(detail::argument_words<std::int16_t>::get().expected, "a number from -32768 to 32767");
  EXPECT_EQ(detail::argument_words<std::uint32_t>::get().expected, "a number from 0 to 4294967295");
  EXPECT_EQ(detail::argument_words<std::int32_t>::get().expected, "a number from -2147483648 to 2147483647");
  EXPECT_EQ(detail::argument_words<std::uint64_t>::get().expected, "a number from 0 to 18446744073709551615");
  EXPECT_EQ(detail::argument_words<std::int64_t>::get().expected,
            "a number from -9223372036854775808 to 9223372036854775807");
}

}  // namespace
}  // namespace mirage
