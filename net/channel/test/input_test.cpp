// SPDX-License-Identifier: ISC
// The cutting of lines, against a plain model, for every way in which input can be torn.
#include "mirage/channel/input.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

using detail::channel_input;

void add(channel_input& to, std::string_view text) {
  buffer part = buffer::copy_of(as_bytes(text));
  ASSERT_TRUE(to.add(part));
}

TEST(channel_input, cuts_the_same_lines_however_the_input_is_torn) {
  test::virtual_node node;
  const std::string text = "a\r\n\nbcd\n\r\r\ne\rf\nlast";
  const std::vector<std::string> expected{"a", "", "bcd", "\r", "e\rf"};
  for (std::size_t first = 0; first <= text.size(); ++first) {
    for (std::size_t second = first; second <= text.size(); ++second) {
      channel_input input(100);
      std::vector<std::string> lines;
      for (const std::string& part :
           {text.substr(0, first), text.substr(first, second - first), text.substr(second)}) {
        add(input, part);
        while (auto line = input.take_line()) {
          ASSERT_TRUE(line->has_value());
          lines.emplace_back((*line)->text());
        }
      }
      EXPECT_EQ(lines, expected) << "torn at " << first << " and " << second;
      auto rest = input.take_rest();
      ASSERT_TRUE(rest.has_value());
      EXPECT_EQ(rest->text(), "last");
    }
  }
}

TEST(channel_input, takes_many_small_pieces) {
  test::virtual_node node;
  channel_input input(1000);
  std::string all;
  for (int i = 0; i < 500; ++i) {
    add(input, std::string(1, static_cast<char>('a' + i % 26)));
    all += static_cast<char>('a' + i % 26);
  }
  EXPECT_EQ(input.size(), 500u);
  EXPECT_FALSE(input.take_line());
  auto taken = input.take_exactly(500);
  ASSERT_TRUE(taken && taken->has_value());
  EXPECT_EQ((*taken)->text(), all);
}

TEST(channel_input, refuses_what_is_too_long_and_keeps_it) {
  test::virtual_node node;
  channel_input input(4);
  add(input, "12345\n");
  auto line = input.take_line();
  ASSERT_TRUE(line);
  EXPECT_EQ(line->error(), v1::channel_error::too_long);
  EXPECT_EQ(input.size(), 6u);
  auto some = input.take_some();
  ASSERT_TRUE(some && some->has_value());
  EXPECT_EQ((*some)->text(), "12345\n");
  add(input, "1234\r\n");
  line = input.take_line();
  ASSERT_TRUE(line && line->has_value());
  EXPECT_EQ((*line)->text(), "1234");
}

TEST(channel_input, keeps_all_when_there_is_no_memory) {
  test::virtual_node node;
  channel_input input(1000);
  add(input, "one ");
  add(input, "line\n");
  node.buffers.set_limit(0);
  auto line = input.take_line();
  ASSERT_TRUE(line);
  // The pool may have had a free buffer; if not, nothing is lost.
  if (!line->has_value()) {
    EXPECT_EQ(line->error(), v1::channel_error::no_memory);
    EXPECT_EQ(input.size(), 9u);
    node.buffers.set_limit(1 << 20);
    line = input.take_line();
  }
  ASSERT_TRUE(line && line->has_value());
  EXPECT_EQ((*line)->text(), "one line");
}

}  // namespace
}  // namespace mirage
