// SPDX-License-Identifier: ISC
#include "mirage/bounded_map.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "mirage/core/ip_address.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

TEST(bounded_map, behaves_as_a_map_with_a_cap) {
  test::virtual_node node;
  constexpr std::size_t capacity = 50;
  bounded_map<ipv4_address, int> table(capacity);
  std::map<std::uint32_t, int> model;
  std::mt19937 random(1);
  for (int i = 0; i < 100'000; ++i) {
    const std::uint32_t key = random() % 80;
    if (random() % 2 == 0) {
      const bool there = model.contains(key);
      int* value = table.find_or_insert(ipv4_address(key));
      ASSERT_EQ(value == nullptr, !there && model.size() == capacity);
      if (value == nullptr) continue;
      ASSERT_EQ(*value, there ? model[key] : 0);
      *value = model[key] = i;
    } else {
      ASSERT_EQ(table.erase(ipv4_address(key)), model.erase(key) == 1);
    }
    ASSERT_EQ(table.size(), model.size());
  }
  for (std::uint32_t key = 0; key < 80; ++key) {
    const int* value = table.find(ipv4_address(key));
    ASSERT_EQ(value != nullptr, model.contains(key));
    if (value != nullptr) EXPECT_EQ(*value, model[key]);
  }
  std::size_t visited = 0;
  table.for_each([&](ipv4_address key, int value) {
    ++visited;
    EXPECT_EQ(model[key.value()], value);
  });
  EXPECT_EQ(visited, model.size());
}

TEST(bounded_map, the_smallest_ones) {
  test::virtual_node node;
  bounded_map<ipv4_address, int> none(0);
  EXPECT_EQ(none.insert(ipv4_address(1)), nullptr);
  EXPECT_EQ(none.find(ipv4_address(1)), nullptr);
  EXPECT_FALSE(none.erase(ipv4_address(1)));
  bounded_map<ipv4_address, int> one(1);
  EXPECT_NE(one.insert(ipv4_address(1)), nullptr);
  EXPECT_TRUE(one.full());
  EXPECT_EQ(one.find(ipv4_address(2)), nullptr);
  EXPECT_TRUE(one.erase(ipv4_address(1)));
  EXPECT_NE(one.insert(ipv4_address(2)), nullptr);
}

}  // namespace
}  // namespace mirage
