// SPDX-License-Identifier: ISC
#include <mirage/core/queue.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <mirage/core/scope.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/test/virtual_node.hpp>

namespace mirage {
namespace {

struct queues : testing::Test {
  test::virtual_node node;
  std::string log;
  bounded_queue<char> items{2};
  scope running;

  task<> push_all(std::string what) {
    for (const char item : what) {
      co_await items.push(item);
      log += item;
    }
  }
  task<> pop_some(int count) {
    for (int i = 0; i < count; ++i) {
      const char item = co_await items.pop();
      log += static_cast<char>(item - 'a' + 'A');
    }
  }
};

TEST_F(queues, a_full_one_makes_the_pusher_wait) {
  ASSERT_TRUE(running.spawn(push_all("abcd")));
  node.settle();
  EXPECT_EQ(log, "ab");
  EXPECT_EQ(items.size(), 2U);
  EXPECT_EQ(items.try_pop(), 'a');
  EXPECT_EQ(items.size(), 2U) << "the waiting item moves up at once";
  node.settle();
  EXPECT_EQ(log, "abc");
}

TEST_F(queues, keep_the_order_over_waiting_pushers) {
  ASSERT_TRUE(running.spawn(push_all("ab")));
  ASSERT_TRUE(running.spawn(push_all("c")));
  ASSERT_TRUE(running.spawn(push_all("d")));
  node.settle();
  std::string popped;
  while (const auto item = items.try_pop()) popped += *item;
  EXPECT_EQ(popped, "abcd");
}

TEST_F(queues, an_empty_one_makes_the_popper_wait) {
  ASSERT_TRUE(running.spawn(pop_some(2)));
  node.settle();
  EXPECT_EQ(log, "");
  char item = 'a';
  EXPECT_TRUE(items.try_push(item));
  EXPECT_EQ(items.try_pop(), std::nullopt) << "the item is promised to the one who waits";
  node.settle();
  EXPECT_EQ(log, "A");
  EXPECT_EQ(items.size(), 0U);
}

TEST_F(queues, poppers_are_served_in_the_order_of_asking) {
  for (const char name : {'1', '2'}) {
    ASSERT_TRUE(running.spawn([this, name]() -> task<> {
      const char item = co_await items.pop();
      log += name;
      log += item;
    }));
  }
  node.settle();
  node.run(push_all("ab"));
  node.settle();
  EXPECT_EQ(log, "ab1a2b");
}

TEST_F(queues, try_push_leaves_the_item_when_it_is_full) {
  bounded_queue<std::unique_ptr<int>> owners(1);
  auto first = std::make_unique<int>(1);
  auto second = std::make_unique<int>(2);
  EXPECT_TRUE(owners.try_push(first));
  EXPECT_EQ(first, nullptr);
  EXPECT_FALSE(owners.try_push(second));
  EXPECT_NE(second, nullptr);
  EXPECT_EQ(**owners.try_pop(), 1);
  EXPECT_EQ(owners.try_pop(), std::nullopt);
}

TEST_F(queues, have_room_for_at_least_one) { EXPECT_EQ(bounded_queue<int>(0).capacity(), 1U); }

TEST_F(queues, carry_more_than_they_hold) {
  int sum = 0;
  bounded_queue<int> numbers(3);
  ASSERT_TRUE(running.spawn([&]() -> task<> {
    for (int i = 1; i <= 1000; ++i) co_await numbers.push(i);
  }));
  ASSERT_TRUE(running.spawn([&]() -> task<> {
    for (int i = 1; i <= 1000; ++i) {
      const int number = co_await numbers.pop();
      EXPECT_EQ(number, i);
      sum += number;
    }
  }));
  node.settle();
  EXPECT_EQ(sum, 500'500);
}

TEST_F(queues, destroy_the_items_that_are_left) {
  const auto item = std::make_shared<int>(1);
  {
    bounded_queue<std::shared_ptr<int>> left(2);
    scope pushers;
    for (int i = 0; i < 3; ++i) {
      ASSERT_TRUE(pushers.spawn([&]() -> task<> { co_await left.push(item); }));
    }
    node.settle();
    EXPECT_EQ(item.use_count(), 4);
  }
  EXPECT_EQ(item.use_count(), 1);
}

}  // namespace
}  // namespace mirage
