// SPDX-License-Identifier: ISC
#include "mirage/http/refusal.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

namespace mirage::http {
namespace {

TEST(Refusal, EachHasAWordOfItsOwnFitForALabel) {
  std::set<std::string_view> words;
  for (std::size_t i = 0; i < refusal_count; ++i) {
    const std::string_view word = describe(static_cast<refusal>(i));
    EXPECT_TRUE(words.insert(word).second) << word;
    EXPECT_TRUE(std::ranges::all_of(word, [](char c) {
      return (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9');
    })) << word;
  }
}

TEST(Refusal, EachIsAnError) {
  for (std::size_t i = 1; i < refusal_count; ++i) {
    const status code = status_of(static_cast<refusal>(i));
    EXPECT_GE(number(code), 400) << i;
    EXPECT_NE(describe(code), "") << i;
  }
}

}  // namespace
}  // namespace mirage::http
