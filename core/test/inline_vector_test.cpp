// SPDX-License-Identifier: ISC
#include <mirage/core/inline_vector.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include <mirage/core/buffer_list.hpp>
#include <mirage/test/virtual_node.hpp>

namespace mirage {
namespace {

using texts = inline_vector<std::shared_ptr<std::string>, 3>;

std::shared_ptr<std::string> text(const char* of) { return std::make_shared<std::string>(of); }

TEST(inline_vector, keeps_its_elements_in_order) {
  inline_vector<int, 4> numbers;
  EXPECT_TRUE(numbers.empty());
  for (const int number : {3, 1, 2}) numbers.push_back(number);
  EXPECT_EQ(numbers.size(), 3U);
  EXPECT_FALSE(numbers.full());
  EXPECT_EQ(numbers.front(), 3);
  EXPECT_EQ(numbers.back(), 2);
  EXPECT_EQ(numbers[1], 1);
  int sum = 0;
  for (const int number : std::as_const(numbers)) sum = sum * 10 + number;
  EXPECT_EQ(sum, 312);
}

TEST(inline_vector, destroys_each_element_once) {
  const auto shared = text("a");
  {
    texts all;
    all.push_back(shared);
    all.emplace_back(shared);
    EXPECT_EQ(shared.use_count(), 3);
    texts copy = all;
    EXPECT_EQ(shared.use_count(), 5);
    texts moved = std::move(all);
    EXPECT_EQ(shared.use_count(), 5);
    EXPECT_TRUE(all.empty());  // NOLINT(bugprone-use-after-move): that is what is tested
    copy = std::move(moved);
    EXPECT_EQ(shared.use_count(), 3);
    moved = copy;
    EXPECT_EQ(shared.use_count(), 5);
    texts& itself = moved;
    moved = itself;
    moved = std::move(itself);
    EXPECT_EQ(moved.size(), 2U);
    moved.clear();
    EXPECT_EQ(shared.use_count(), 3);
  }
  EXPECT_EQ(shared.use_count(), 1);
}

TEST(inline_vector, holds_what_can_only_be_moved) {
  inline_vector<std::unique_ptr<int>, 2> owners;
  owners.push_back(std::make_unique<int>(1));
  inline_vector<std::unique_ptr<int>, 2> others = std::move(owners);
  EXPECT_EQ(*others.front(), 1);
}

TEST(inline_vector, erases_what_matches_and_keeps_the_order_of_the_rest) {
  inline_vector<int, 5> numbers;
  for (const int number : {4, 1, 2, 3, 6}) numbers.push_back(number);
  EXPECT_EQ(erase_if(numbers, [](int each) { return each % 2 == 0; }), 3U);
  ASSERT_EQ(numbers.size(), 2U);
  EXPECT_EQ(numbers[0], 1);
  EXPECT_EQ(numbers[1], 3);
  EXPECT_EQ(erase_if(numbers, [](int each) { return each == 2; }), 0U);
  EXPECT_EQ(numbers.size(), 2U);
  EXPECT_EQ(erase_if(numbers, [](int) { return true; }), 2U);
  EXPECT_TRUE(numbers.empty());
  EXPECT_EQ(erase_if(numbers, [](int) { return true; }), 0U);
}

TEST(inline_vector, what_is_erased_is_destroyed_once_and_what_is_kept_only_moves) {
  const auto shared = text("a");
  const auto other = text("b");
  texts all;
  all.push_back(shared);
  all.push_back(other);
  all.push_back(shared);
  EXPECT_EQ(erase_if(all, [&](const auto& each) { return each == shared; }), 2U);
  EXPECT_EQ(shared.use_count(), 1);
  EXPECT_EQ(other.use_count(), 2);
  EXPECT_EQ(all.front(), other);
}

TEST(inline_vector, what_can_be_moved_by_its_bytes_is_owned_once) {
  test::virtual_node node;
  {
    buffer_list all;
    all.push_back(buffer::copy_of(as_bytes("a")));
    all.push_back(buffer::copy_of(as_bytes("b")));
    const buffer kept = all[0].share();
    buffer_list moved = std::move(all);
    EXPECT_TRUE(all.empty());  // NOLINT(bugprone-use-after-move): that is what is tested
    all.push_back(buffer::copy_of(as_bytes("c")));
    all = std::move(moved);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].text(), "a");
    EXPECT_EQ(all[1].text(), "b");
    all.clear();
    EXPECT_TRUE(kept.unique());
  }
  EXPECT_EQ(node.buffers.live(), 0U);
}

TEST(inline_vector, a_full_one_stops_the_unikernel) {
  const test::virtual_node node;
  inline_vector<int, 2> numbers;
  numbers.push_back(1);
  numbers.push_back(2);
  EXPECT_TRUE(numbers.full());
  EXPECT_EQ(numbers.capacity(), 2U);
  EXPECT_DEATH_IF_SUPPORTED(numbers.push_back(3), "an inline_vector is full");
}

}  // namespace
}  // namespace mirage
