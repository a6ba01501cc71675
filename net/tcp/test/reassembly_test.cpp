// SPDX-License-Identifier: ISC
#include "mirage/tcp/reassembly.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "mirage/test/suites/suite.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage::tcp_protocol {
namespace {

struct reassembly_test : testing::Test {
  test::virtual_node node;
  tcp_options options;
  statistics counted{"test"};
  resources shared{options, counted};
  tcp_protocol::reassembly under{shared};

  bool insert(std::uint32_t at, std::string_view text) {
    return under.insert(sequence(at), test::buffer_of(text));
  }
  std::string take(std::uint32_t at) {
    std::uint32_t length = 0;
    std::string text;
    for (chunk* each = under.take(sequence(at), length); each != nullptr;) {
      text += each->data.text();
      shared.chunks.give_back(std::exchange(each, each->next));
    }
    EXPECT_EQ(text.size(), length);
    return text;
  }
};

using reassembly = reassembly_test;

TEST_F(reassembly, gives_what_lies_side_by_side) {
  EXPECT_TRUE(insert(20, "cc"));
  EXPECT_TRUE(insert(10, "aa"));
  EXPECT_EQ(take(5), "");
  EXPECT_TRUE(insert(12, "bbbbbbbb"));
  EXPECT_EQ(take(10), "aabbbbbbbbcc");
  EXPECT_TRUE(under.empty());
}

TEST_F(reassembly, keeps_what_was_there_first) {
  EXPECT_TRUE(insert(12, "XX"));
  EXPECT_TRUE(insert(10, "aaaaaa"));
  EXPECT_EQ(take(10), "aaXXaa");
}

TEST_F(reassembly, what_lies_before_is_dropped) {
  EXPECT_TRUE(insert(10, "abcdef"));
  EXPECT_TRUE(insert(30, "later"));
  EXPECT_EQ(take(13), "def");
  EXPECT_EQ(take(100), "");
  EXPECT_EQ(shared.out_of_order, 0u);
}

TEST_F(reassembly, has_a_cap_on_all_bytes) {
  options.out_of_order = 10;
  EXPECT_TRUE(insert(10, "12345"));
  EXPECT_FALSE(insert(20, "123456"));
  EXPECT_TRUE(insert(20, "12345"));
  EXPECT_EQ(under.bytes(), 10u);
}

TEST_F(reassembly, has_a_cap_on_ranges) {
  for (std::uint32_t i = 0; i < tcp_protocol::reassembly::most_ranges; ++i)
    EXPECT_TRUE(insert(10 + i * 2, "x"));
  EXPECT_FALSE(insert(100'000, "x"));
  EXPECT_TRUE(insert(11, "x")) << "what joins two needs none";
}

TEST_F(reassembly, is_right_in_any_order_with_any_overlap) {
  std::mt19937 random(5);
  const std::string text = test::pattern(2000);
  for (int round = 0; round < 50; ++round) {
    std::string got;
    std::uint32_t next = 0;
    while (next < text.size()) {
      const std::uint32_t at = random() % 2000;
      const std::uint32_t size = 1 + random() % 100;
      ASSERT_TRUE(insert(at, std::string_view(text).substr(at, size)));
      const std::string part = take(next);
      next += static_cast<std::uint32_t>(part.size());
      got += part;
    }
    ASSERT_TRUE(got == text);
    under.clear();
    ASSERT_EQ(shared.chunks.live() + shared.ranges.live() + shared.out_of_order, 0u);
  }
}

TEST_F(reassembly, describes_the_newest_first) {
  insert(10, "x");
  insert(20, "x");
  insert(30, "x");
  insert(11, "x");
  segment_options said;
  under.describe(said, 3);
  ASSERT_EQ(said.sack_count, 3);
  EXPECT_EQ(said.sack[0], (sack_block{sequence(10), sequence(12)}));
  EXPECT_EQ(said.sack[1], (sack_block{sequence(30), sequence(31)}));
  EXPECT_EQ(said.sack[2], (sack_block{sequence(20), sequence(21)}));
}

}  // namespace
}  // namespace mirage::tcp_protocol
