// SPDX-License-Identifier: ISC
#include "mirage/core/command_line.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mirage {
namespace {

std::vector<std::string> split(std::string_view text) {
  command_line_words room;
  const auto words = split_command_line(text, room);
  if (!words) return {"refused", std::string(describe(words.error()))};
  return {words->begin(), words->end()};
}

using words = std::vector<std::string>;

TEST(command_line, splits_at_white_space) {
  EXPECT_EQ(split(""), words{});
  EXPECT_EQ(split("  \t\r\n "), words{});
  EXPECT_EQ(split("one"), words{"one"});
  EXPECT_EQ(split("  --port=80\t--name  x \n"), (words{"--port=80", "--name", "x"}));
}

TEST(command_line, single_quotes_are_literal) {
  EXPECT_EQ(split("--hello='Hello  World' 'a\\b\"c'"), (words{"--hello=Hello  World", "a\\b\"c"}));
  EXPECT_EQ(split("''"), words{""});
  EXPECT_EQ(split("a'b'c''d"), words{"abcd"});
}

TEST(command_line, double_quotes_know_two_escapes) {
  EXPECT_EQ(split(R"(--hello="say \"hi\" \\ \n")"), words{R"(--hello=say "hi" \ \n)"});
  EXPECT_EQ(split(R"("it's" "")"), (words{"it's", ""}));
}

TEST(command_line, a_backslash_keeps_the_next_character) {
  EXPECT_EQ(split(R"(a\ b \'c \"d \\ \
e)"),
            (words{"a b", "'c", "\"d", "\\", "\ne"}));
}

TEST(command_line, refuses_what_is_not_closed) {
  EXPECT_EQ(split("'abc"), (words{"refused", "a quote in the command line is not closed"}));
  EXPECT_EQ(split("x \"abc\\\""), (words{"refused", "a quote in the command line is not closed"}));
  EXPECT_EQ(split("abc\\"), (words{"refused", "the command line ends in a backslash"}));
}

TEST(command_line, has_bounds) {
  const std::string longest(command_line_words::max_length, 'x');
  EXPECT_EQ(split(longest), words{longest});
  EXPECT_EQ(split(longest + " "), (words{"refused", "the command line is longer than 4096 bytes"}));
  std::string many;
  for (std::size_t i = 0; i < command_line_words::max_words; ++i) many += "x ";
  EXPECT_EQ(split(many).size(), command_line_words::max_words);
  EXPECT_EQ(split(many + "y"), (words{"refused", "the command line has more than 128 words"}));
}

TEST(command_line, the_text_may_vanish) {
  command_line_words room;
  std::string text = "--port=80 x";
  const auto got = split_command_line(text, room);
  text.assign(text.size(), '#');
  ASSERT_TRUE(got);
  EXPECT_EQ((*got)[0], "--port=80");
}

}  // namespace
}  // namespace mirage
