// SPDX-License-Identifier: ISC
#include "mirage/core/format.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>

namespace elsewhere {

struct point {
  int x;
  int y;
};
void format(mirage::text_writer& out, const point& p) { mirage::format_to(out, "({}, {})", p.x, p.y); }

enum class colour { red, green };
std::string_view describe(colour c) { return c == colour::red ? "red" : "green"; }

struct silent {};

}  // namespace elsewhere

namespace mirage {
namespace {

template <class... Args>
std::string text(format_string<Args...> format, const Args&... args) {
  return std::string(format_text<200>(format, args...));
}

TEST(format, plain_text_and_braces) {
  EXPECT_EQ(text(""), "");
  EXPECT_EQ(text("hello"), "hello");
  EXPECT_EQ(text("{{}}"), "{}");
  EXPECT_EQ(text("a{{b}}c{}d", 1), "a{b}c1d");
}

TEST(format, integers) {
  EXPECT_EQ(text("{} {} {}", 0, -1, 42u), "0 -1 42");
  EXPECT_EQ(text("{}", std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(text("{}", std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(text("{} {}", std::int8_t{-128}, std::uint8_t{255}), "-128 255");
  EXPECT_EQ(text("{} {}", short{-3}, 7ull), "-3 7");
  EXPECT_EQ(text("{}", std::byte{200}), "200");
}

TEST(format, hexadecimal) {
  EXPECT_EQ(text("{:x} {:X} {:#x} {:#X}", 255, 255, 255, 255), "ff FF 0xff 0xFF");
  EXPECT_EQ(text("{:02x}:{:02x}", std::byte{5}, std::uint8_t{0xab}), "05:ab");
  EXPECT_EQ(text("{:x}", -16), "-10");
  EXPECT_EQ(text("{:x}", std::int8_t{-128}), "-80");
  EXPECT_EQ(text("{:x}", std::numeric_limits<std::uint64_t>::max()), "ffffffffffffffff");
  EXPECT_EQ(text("{:#08x}", 0xbeef), "0x00beef");
}

TEST(format, width_and_alignment) {
  EXPECT_EQ(text("[{:5}] [{:<5}] [{:^5}] [{:>5}]", 42, 42, 42, 42), "[   42] [42   ] [ 42  ] [   42]");
  EXPECT_EQ(text("[{:5}] [{:<5}] [{:^5}] [{:>5}]", "ab", "ab", "ab", "ab"),
            "[ab   ] [ab   ] [ ab  ] [   ab]");
  EXPECT_EQ(text("[{:05}] [{:05}] [{:2}]", 42, -42, 12345), "[00042] [-0042] [12345]");
  EXPECT_EQ(text("[{:>8}] [{:8}]", true, 'c'), "[    true] [c       ]");
  EXPECT_EQ(text("[{:99}]", 1).size(), 101u);
}

TEST(format, text) {
  const char* none = nullptr;
  EXPECT_EQ(text("{} {} {}", "literal", std::string("string"), std::string_view("view")),
            "literal string view");
  EXPECT_EQ(text("{}", none), "(null)");
  EXPECT_EQ(text("{} {} {}", true, false, 'x'), "true false x");
  EXPECT_EQ(text("{}", fixed_string<8>("fixed")), "fixed");
}

TEST(format, pointers) {
  EXPECT_EQ(text("{} {}", reinterpret_cast<void*>(0x1f), nullptr), "0x1f 0x0");
  EXPECT_EQ(text("[{:>6}]", reinterpret_cast<const void*>(0x1f)), "[  0x1f]");
}

TEST(format, types_of_others) {
  EXPECT_EQ(text("{}", elsewhere::point{1, -2}), "(1, -2)");
  EXPECT_EQ(text("[{:10}] [{:>10}] [{:^10}] [{:2}]", elsewhere::point{1, 2}, elsewhere::point{1, 2},
                 elsewhere::point{1, 2}, elsewhere::point{1, 2}),
            "[(1, 2)    ] [    (1, 2)] [  (1, 2)  ] [(1, 2)]");
  EXPECT_EQ(text("{} [{:>6}]", elsewhere::colour::red, elsewhere::colour::green), "red [ green]");
}

TEST(format, durations) {
  EXPECT_EQ(text("{} {} {} {}", 0s, 1s, 1500ms, 90s), "0s 1s 1.5s 90s");
  EXPECT_EQ(text("{} {} {} {}", 20us, 999ns, 1001ns, 200ms), "20us 999ns 1.001us 200ms");
  EXPECT_EQ(text("{} {}", -1500us, duration::min()), "-1.5ms -9223372036.854775808s");
  EXPECT_EQ(text("{:.3} {:.0} {:.1} {:.2}", 1234567us, 1500us, 1960us, 7s), "1.235s 2ms 2.0ms 7.00s");
  EXPECT_EQ(text("{:.3}", 12ns), "12ns");
  EXPECT_EQ(text("[{:>8}] [{:<8}]", 20us, 20us), "[    20us] [20us    ]");
  EXPECT_EQ(text("{} {}", 2min, 1h), "120s 3600s");
}

TEST(format, times) {
  EXPECT_EQ(text("{}", wall_time{}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(text("{}", wall_time{1795299839s + 999ms}), "2026-11-21T22:23:59Z");
  EXPECT_EQ(text("{}", wall_time{951782400s}), "2000-02-29T00:00:00Z");
  EXPECT_EQ(text("{}", wall_time{4107542399s}), "2100-02-28T23:59:59Z");
  EXPECT_EQ(text("{}", wall_time{4107542400s}), "2100-03-01T00:00:00Z");
  EXPECT_EQ(text("{}", wall_time{-1ns}), "1969-12-31T23:59:59Z");
  EXPECT_EQ(text("{}", wall_time{-86400s}), "1969-12-31T00:00:00Z");
  EXPECT_EQ(text("{}", wall_time::min()), "1677-09-21T00:12:43Z");
  EXPECT_EQ(text("{}", wall_time::max()), "2262-04-11T23:47:16Z");
  EXPECT_EQ(text("{} {}", instant{2500ms}, never), "2.5s never");
}

TEST(format, every_day_of_four_centuries) {
  unsigned day = 1, month = 1;
  int year = 1900;
  for (std::int64_t days = -25567; year < 2262; ++days) {
    ASSERT_EQ(text("{}", wall_time{duration(days * 86'400'000'000'000)}),
              text("{:04}-{:02}-{:02}T00:00:00Z", year, month, day));
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    const unsigned length = month == 2                                              ? (leap ? 29 : 28)
                            : month == 4 || month == 6 || month == 9 || month == 11 ? 30
                                                                                    : 31;
    if (++day <= length) continue;
    day = 1;
    if (++month <= 12) continue;
    month = 1;
    ++year;
  }
}

TEST(format_real, chosen_precision) {
  EXPECT_EQ(text("{:.3} {:.0} {:.1} {:.9}", 3.14159, 2.6, -0.05, 1.0), "3.142 3 -0.1 1.000000000");
  EXPECT_EQ(text("{:.0} {:.0} {:.0} {:.2}", 0.5, 1.5, 2.5, 0.125), "0 2 2 0.12");  // halves to even
  EXPECT_EQ(text("{:.2} {:.2}", 9.999, 99.995), "10.00 100.00");
  EXPECT_EQ(text("{:8.2}|{:<8.2}|{:08.2}", -1.5, -1.5, -1.5), "   -1.50|-1.50   |-0001.50");
  EXPECT_EQ(text("{:.2}", 1.5e20), "1.50e+20");
}

TEST(format_real, default_precision) {
  EXPECT_EQ(text("{} {} {} {}", 0.0, 1.0, 0.1, -2.5), "0 1 0.1 -2.5");
  EXPECT_EQ(text("{} {} {}", 0.1 + 0.2, 1.0 / 3, 2.0 / 3), "0.3 0.333333333 0.666666667");
  EXPECT_EQ(text("{} {}", 123456789.125, 123456789012345.6), "123456789.125 123456789012346");
  EXPECT_EQ(text("{} {} {}", 1e15, 1.5e-7, 123.456e300), "1e+15 1.5e-07 1.23456e+302");
  EXPECT_EQ(text("{} {}", 0.0001, 0.00009), "0.0001 9e-05");
  EXPECT_EQ(text("{} {}", 0.1f, 16777216.0f), "0.1 16777216");
  EXPECT_EQ(text("{}", 999999999999999.9), "1000000000000000");
}

TEST(format_real, special_values) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(text("{} {} {}", infinity, -infinity, std::numeric_limits<double>::quiet_NaN()), "inf -inf nan");
  EXPECT_EQ(text("{} {:.1}", -0.0, -0.0), "-0 -0.0");
  EXPECT_EQ(text("{}", std::numeric_limits<double>::max()), "1.797693e+308");
  EXPECT_EQ(text("{}", std::numeric_limits<double>::min()), "2.225074e-308");
  EXPECT_EQ(text("{}", std::numeric_limits<double>::denorm_min()), "4.940656e-324");
}

// The C library rounds exactly, too.
TEST(format_real, agrees_with_printf) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 200'000; ++i) {
    const double magnitude = std::pow(10.0, static_cast<double>(random() % 24) - 9);
    double value = magnitude * static_cast<double>(random() >> 11) * 0x1p-53;
    if (i % 3 == 0) value = std::round(value * 2000) / 2000;  // at or near the middle of two
    if (i % 3 == 1) value = std::round(value * 1024) / 1024;  // often exactly there
    char wanted[200];
    std::snprintf(wanted, sizeof wanted, "%.0f %.1f %.3f %.6f %.9f", value, value, value, value, value);
    ASSERT_EQ(text("{:.0} {:.1} {:.3} {:.6} {:.9}", value, value, value, value, value), wanted);
  }
}

TEST(format_real, exponents_are_right_to_the_sixth_digit) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 200'000; ++i) {
    const double value = std::abs(std::bit_cast<double>(random()));
    if (!(value > 0) || value > std::numeric_limits<double>::max() || (value >= 1e-4 && value < 1e15))
      continue;
    const auto printed = format_text<40>("{}", value);
    char* end = nullptr;
    const double back = std::strtod(printed.c_str(), &end);
    ASSERT_EQ(end, printed.c_str() + printed.size()) << printed.text();
    if (value < 1e-320) continue;  // fewer digits exist than are printed
    ASSERT_NEAR(back / value, 1.0, 6e-7) << printed.text();
  }
}

TEST(format_to, cuts_what_does_not_fit) {
  std::array<char, 5> space;
  EXPECT_EQ(format_to(space, "{}", 1234567), "12345");
  const auto cut = format_text<4>("{} {}", "abc", "def");
  EXPECT_EQ(cut, "abc ");
  EXPECT_TRUE(cut.cut());
  EXPECT_FALSE(format_text<4>("{}", "abcd").cut());
}

TEST(format_to, streams) {
  std::string got;
  {
    text_stream out([&](std::string_view chunk) { got += chunk; });
    for (int i = 0; i < 1000; ++i) format_to(out, "{:04} ", i);
  }
  EXPECT_EQ(got.size(), 5000u);
  EXPECT_EQ(got.substr(4990), "0998 0999 ");
}

constexpr detail::format_mistake check(std::string_view format,
                                       std::initializer_list<detail::format_kind> kinds) {
  return detail::check_format(format, {kinds.begin(), kinds.size()});
}

// These are the checks behind the constructor of format_string, where each is an error while compiling.
TEST(format_string, refuses_mistakes) {
  using kind = detail::format_kind;
  using mistake = detail::format_mistake;
  static_assert(check("{} {}", {kind::integer, kind::text}) == mistake::none);
  static_assert(check("{}", {}) == mistake::too_few_arguments);
  static_assert(check("", {kind::integer}) == mistake::too_many_arguments);
  static_assert(check("{} {}", {kind::integer}) == mistake::too_few_arguments);
  for (std::string_view broken :
       {"{", "}", "{ }", "{0}", "{:", "{:5", "{:.}", "{:d}", "{:100}", "{:.10}", "{:xx}", "a}b"})
    EXPECT_EQ(check(broken, {kind::integer}), mistake::brace) << broken;
  EXPECT_EQ(check("{:x}", {kind::integer}), mistake::none);
  for (kind other : {kind::real, kind::text, kind::boolean, kind::pointer, kind::duration, kind::custom})
    EXPECT_EQ(check("{:x}", {other}), mistake::specification);
  for (kind other : {kind::integer, kind::text, kind::boolean, kind::pointer, kind::custom})
    EXPECT_EQ(check("{:.3}", {other}), mistake::specification);
  EXPECT_EQ(check("{:.3}", {kind::real}), mistake::none);
  EXPECT_EQ(check("{:.3}", {kind::duration}), mistake::none);
  EXPECT_EQ(check("{:05}", {kind::text}), mistake::specification);
  for (std::string_view useless : {"{:0}", "{:<05}", "{:<}", "{:#}"})
    EXPECT_EQ(check(useless, {kind::integer}), mistake::specification) << useless;
}

TEST(format_string, knows_what_can_be_printed) {
  using detail::format_kind;
  static_assert(detail::format_kind_of<elsewhere::silent>() == format_kind::none);
  static_assert(detail::format_kind_of<int*>() == format_kind::none);
  static_assert(detail::format_kind_of<char32_t>() == format_kind::none);
  static_assert(detail::format_kind_of<long double>() == format_kind::none);
  EXPECT_EQ(detail::format_kind_of<elsewhere::colour>(), format_kind::text);
  EXPECT_EQ(detail::format_kind_of<elsewhere::point>(), format_kind::custom);
}

}  // namespace
}  // namespace mirage
