// SPDX-License-Identifier: ISC
#include "mirage/datagram_groups.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "mirage/core/hash.hpp"

namespace mirage {
namespace {

struct way {
  int to = 0;
  bool unordered = false;
  bool operator==(const way&) const = default;
  [[nodiscard]] std::uint64_t hash(std::uint64_t seed) const noexcept {
    return hash_mix(seed, static_cast<std::uint64_t>(to));
  }
};

/// Each datagram is added as where it goes and how long it is; groups are shown as `way:length+length`.
struct grouping : testing::Test {
  datagram_groups<way> groups{1};
  std::size_t offset = 0;

  void add(int to, std::size_t length, bool unordered = false) {
    groups.add({to, unordered}, offset, length);
    offset += length;
  }
  std::string made(const datagram_group_limits& limits = {}) {
    groups.make(limits);
    std::string all;
    for (std::size_t i = 0; i < groups.size(); ++i) {
      all += (i > 0 ? " " : "") + std::to_string(groups.way(groups[i]).to) + ":";
      for (const auto& each : groups[i])
        all += (&each == &groups[i].front() ? "" : "+") + std::to_string(each.length);
    }
    return all;
  }
};

TEST_F(grouping, those_of_one_length_leave_together) {
  for (int i = 0; i < 3; ++i) add(1, 40);
  EXPECT_EQ(made(), "1:40+40+40");
}

TEST_F(grouping, each_way_has_its_own) {
  add(1, 40);
  add(2, 40);
  add(1, 40);
  EXPECT_EQ(made(), "1:40+40 2:40");
}

TEST_F(grouping, order_is_kept_and_a_shorter_one_is_the_last) {
  for (const std::size_t length : {40u, 40u, 30u, 40u, 50u, 50u}) add(1, length);
  EXPECT_EQ(made(), "1:40+40+30 1:40 1:50+50");
}

TEST_F(grouping, unordered_ones_are_sorted_by_length_and_the_shortest_end_the_groups) {
  for (const std::size_t length : {30u, 50u, 40u, 50u, 20u, 40u}) add(1, length, true);
  EXPECT_EQ(made(), "1:50+50+20 1:40+40+30");
}

TEST_F(grouping, those_of_one_length_keep_their_order_always) {
  for (int i = 0; i < 4; ++i) add(1, 40, true);
  groups.make({});
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_TRUE(std::ranges::is_sorted(groups[0], {}, &waiting_datagram::offset));
}

TEST_F(grouping, empty_ones_go_alone) {
  for (const std::size_t length : {0u, 0u, 5u, 0u}) add(1, length);
  EXPECT_EQ(made(), "1:0 1:0 1:5 1:0");
}

TEST_F(grouping, limits_are_obeyed) {
  for (int i = 0; i < 5; ++i) add(1, 100, true);
  EXPECT_EQ(made({.datagrams = 2}), "1:100+100 1:100+100 1:100");
  EXPECT_EQ(made({.bytes = 250}), "1:100+100 1:100+100 1:100");
  EXPECT_EQ(made({.longest = 99}), "1:100 1:100 1:100 1:100 1:100");
}

TEST_F(grouping, what_was_cleared_is_forgotten) {
  add(1, 40);
  groups.clear();
  EXPECT_TRUE(groups.empty());
  add(2, 40);
  EXPECT_EQ(made(), "2:40");
}

TEST_F(grouping, of_many_none_is_lost) {
  std::mt19937 random(1);
  for (int round = 0; round < 100; ++round) {
    while (!groups.full()) add(static_cast<int>(random() % 300), random() % 30, random() % 2 == 0);
    groups.make({.datagrams = 5, .bytes = 60});
    std::vector<std::uint32_t> left;
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const auto group = groups[i];
      ASSERT_FALSE(group.empty());
      for (const auto& each : group) {
        left.push_back(each.offset);
        EXPECT_EQ(each.way, group.front().way);
        EXPECT_TRUE(each.length == group.front().length || (&each == &group.back() && each.length > 0));
        EXPECT_LE(each.length, group.front().length);
      }
    }
    EXPECT_EQ(left.size(), decltype(groups)::most);
    groups.clear();
  }
}

}  // namespace
}  // namespace mirage
