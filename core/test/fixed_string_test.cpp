// SPDX-License-Identifier: ISC
#include "mirage/core/fixed_string.hpp"

#include <gtest/gtest.h>

#include <cstring>

namespace mirage {
namespace {

TEST(fixed_string, holds_text_with_a_zero_behind_it) {
  fixed_string<8> text("eth0");
  EXPECT_EQ(text, "eth0");
  EXPECT_EQ(text.size(), 4u);
  EXPECT_EQ(std::strlen(text.c_str()), 4u);
  EXPECT_FALSE(text.cut());
  EXPECT_FALSE(text.empty());
}

TEST(fixed_string, keeps_the_beginning_of_what_is_too_long) {
  fixed_string<4> text("abcdef");
  EXPECT_EQ(text, "abcd");
  EXPECT_TRUE(text.cut());
  EXPECT_EQ(std::strlen(text.c_str()), 4u);
  text.assign("xy");
  EXPECT_EQ(text, "xy");
  EXPECT_FALSE(text.cut());
}

TEST(fixed_string, exactly_full_is_not_cut) {
  EXPECT_FALSE(fixed_string<4>("abcd").cut());
  EXPECT_TRUE(fixed_string<0>("a").cut());
  EXPECT_TRUE(fixed_string<4>().empty());
}

TEST(fixed_string, is_filled_in_place) {
  fixed_string<4> text;
  std::memcpy(text.space().data(), "wxyz", 4);
  text.set_size(3);
  EXPECT_EQ(text, "wxy");
  text.set_size(9, true);
  EXPECT_EQ(text.size(), 4u);
  EXPECT_TRUE(text.cut());
}

TEST(fixed_string, compares_by_content) {
  EXPECT_EQ(fixed_string<4>("ab"), fixed_string<4>("ab"));
  EXPECT_NE(fixed_string<4>("ab"), fixed_string<4>("abc"));
  static_assert(fixed_string<4>("ab") == "ab");
}

}  // namespace
}  // namespace mirage
