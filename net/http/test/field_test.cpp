// SPDX-License-Identifier: ISC
#include "mirage/http/field.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <string>

namespace mirage::http {
namespace {

TEST(Field, RecognisesEveryNameInEveryCase) {
  for (std::size_t i = 0; i < field_count; ++i) {
    const auto name = static_cast<field>(i);
    std::string text(describe(name));
    ASSERT_FALSE(text.empty());
    EXPECT_EQ(identify(text), name) << text;
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    EXPECT_EQ(identify(text), name) << text;
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    EXPECT_EQ(identify(text), name) << text;
  }
}

TEST(Field, RecognisesNothingElse) {
  for (std::size_t i = 0; i < field_count; ++i) {
    const std::string text(describe(static_cast<field>(i)));
    for (std::size_t at = 0; at < text.size(); ++at) {
      std::string other = text;
      other[at] = other[at] == '_' ? 'x' : '_';
      EXPECT_EQ(identify(other), field::other) << other;
    }
    EXPECT_EQ(identify(text + "x"), field::other) << text;
  }
  EXPECT_EQ(identify("X"), field::other);
  EXPECT_EQ(identify("A-Name-Longer-Than-Any-Other"), field::other);
  EXPECT_EQ(describe(field::other), "");
}

TEST(Field, ComparesWithoutRegardToCase) {
  EXPECT_TRUE(equal_ignoring_case("aBc-1", "AbC-1"));
  EXPECT_FALSE(equal_ignoring_case("abc", "abd"));
  EXPECT_FALSE(equal_ignoring_case("abc", "ab"));
  EXPECT_FALSE(equal_ignoring_case("[", "{"));  // they differ in the bit that letters differ in
}

}  // namespace
}  // namespace mirage::http
