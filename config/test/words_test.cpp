// SPDX-License-Identifier: ISC
#include "mirage/config/words.hpp"

#include <gtest/gtest.h>

namespace mirage::config {
namespace {

TEST(words, articles_follow_the_sound) {
  EXPECT_EQ(with_article("kv_ro"), "a kv_ro");
  EXPECT_EQ(with_article("ip"), "an ip");
  EXPECT_EQ(with_article("http_server"), "an http_server");
  EXPECT_EQ(with_article("udp"), "a udp");
}

TEST(words, lists_are_read_aloud) {
  EXPECT_EQ(listed({}), "none");
  EXPECT_EQ(listed({"a"}), "a");
  EXPECT_EQ(listed({"a", "b", "c"}, "or"), "a, b or c");
}

TEST(words, literals_escape_what_cpp_would_misread) {
  EXPECT_EQ(cpp_literal("say \"hi\"\n\\1"), "\"say \\\"hi\\\"\\012\\\\1\"");
}

TEST(words, names_are_free_of_keywords) {
  EXPECT_EQ(cpp_name("ipv4-gateway"), "ipv4_gateway");
  EXPECT_EQ(cpp_name("default"), "default_");
  EXPECT_EQ(cpp_name("unix"), "unix_");
}

TEST(words, durations_take_the_largest_unit_that_divides_them) {
  EXPECT_EQ(shown_duration(1'500'000'000), "1500ms");
  EXPECT_EQ(shown_duration(30'000'000'000), "30s");
  EXPECT_EQ(shown_duration(0), "0s");
  EXPECT_EQ(shown_duration(1), "1ns");
}

}  // namespace
}  // namespace mirage::config
