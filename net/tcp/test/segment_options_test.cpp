// SPDX-License-Identifier: ISC
#include "mirage/tcp/segment_options.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace mirage::tcp_protocol {
namespace {

std::vector<std::byte> written(std::initializer_list<unsigned> values) {
  std::vector<std::byte> made;
  for (const unsigned each : values) made.push_back(static_cast<std::byte>(each));
  return made;
}

segment_options parsed(std::initializer_list<unsigned> values) {
  segment_options made;
  EXPECT_TRUE(parse_options(written(values), made));
  return made;
}

TEST(segment_options, the_mandatory_ones_are_understood) {
  EXPECT_EQ(parsed({2, 4, 5, 0xb4}).mss, 1460);
  EXPECT_EQ(parsed({1, 1, 2, 4, 2, 0}).mss, 512);
  EXPECT_FALSE(parsed({0, 2, 4, 5, 0xb4}).mss.has_value()) << "nothing counts behind the end of the list";
}

TEST(segment_options, what_is_not_known_is_skipped_by_its_length) {
  EXPECT_EQ(parsed({99, 6, 1, 2, 3, 4, 2, 4, 5, 0xb4}).mss, 1460);
  EXPECT_EQ(parsed({2, 3, 5, 2, 4, 5, 0xb4}).mss, 1460) << "as is one that is known, of another length";
}

TEST(segment_options, impossible_lengths_are_refused) {
  segment_options made;
  EXPECT_FALSE(parse_options(written({2, 0, 5, 0xb4}), made));
  EXPECT_FALSE(parse_options(written({2, 1, 5, 0xb4}), made));
  EXPECT_FALSE(parse_options(written({2, 5, 5, 0xb4}), made));
  EXPECT_FALSE(parse_options(written({1, 1, 1, 2}), made));
}

TEST(segment_options, they_may_begin_anywhere) {
  for (std::size_t padding = 0; padding < 4; ++padding) {
    std::vector<std::byte> text(padding, std::byte{1});
    for (const std::byte each : written({8, 10, 0, 0, 0, 1, 0, 0, 0, 2})) text.push_back(each);
    segment_options made;
    ASSERT_TRUE(parse_options(text, made));
    EXPECT_EQ(made.times, (timestamps{1, 2})) << padding;
  }
}

TEST(segment_options, what_is_written_is_read_back) {
  segment_options syn;
  syn.mss = 1440;
  syn.window_scale = std::uint8_t{7};
  syn.sack_permitted = true;
  segment_options with_times = syn;
  with_times.times = timestamps{3, 4};
  segment_options blocks;
  blocks.times = timestamps{5, 6};
  blocks.sack_count = 3;
  for (unsigned i = 0; i < 3; ++i) blocks.sack[i] = {sequence(i * 100), sequence(i * 100 + 50)};
  for (const segment_options& each : {syn, with_times, blocks, segment_options{}}) {
    std::array<std::byte, 40> memory{};
    const std::size_t size = size_of_options(each);
    store_options(memory, each);
    segment_options read;
    ASSERT_TRUE(parse_options(cbytes(memory).first(size), read));
    EXPECT_EQ(read, each);
  }
}

TEST(segment_options, what_is_written_fills_whole_words) {
  segment_options all;
  all.mss = 1;
  all.window_scale = std::uint8_t{1};
  all.sack_permitted = true;
  EXPECT_EQ(size_of_options(all), 12u);
  all.times = timestamps{};
  EXPECT_EQ(size_of_options(all), 20u) << "what permits SACK takes the place of padding";
  std::array<std::byte, 20> memory{};
  store_options(memory, all);
  for (const std::byte each : memory)
    EXPECT_LE(std::to_integer<unsigned>(each), 10u) << "no end of list is needed";
}

TEST(segment_options, there_is_room_for_three_blocks_beside_timestamps_and_four_without) {
  segment_options many;
  many.sack_count = 4;
  EXPECT_EQ(size_of_options(many), 36u);
  many.times = timestamps{};
  EXPECT_EQ(size_of_options(many), 40u);
}

}  // namespace
}  // namespace mirage::tcp_protocol
