// SPDX-License-Identifier: ISC
#include <mirage/core/event.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include <mirage/core/scope.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/test/virtual_node.hpp>

namespace mirage {
namespace {

struct events : testing::Test {
  test::virtual_node node;
  std::string log;
  event happened;
  scope running;

  task<> wait(char name) {
    co_await happened;
    log += name;
  }
  void spawn(char name) { ASSERT_TRUE(running.spawn(wait(name))); }
};

TEST_F(events, wake_all_who_wait_in_their_order) {
  for (const char name : {'a', 'b', 'c'}) spawn(name);
  node.settle();
  EXPECT_EQ(log, "");
  happened.set();
  EXPECT_EQ(log, "") << "nobody runs inside set()";
  node.settle();
  EXPECT_EQ(log, "abc");
}

TEST_F(events, stay_set_until_reset) {
  happened.set();
  EXPECT_TRUE(happened.is_set());
  spawn('a');
  node.settle();
  EXPECT_EQ(log, "a");
  happened.reset();
  spawn('b');
  node.settle();
  EXPECT_EQ(log, "a");
  happened.set();
  node.settle();
  EXPECT_EQ(log, "ab");
}

TEST_F(events, notify_wakes_and_leaves_the_flag) {
  spawn('a');
  node.settle();
  happened.notify();
  EXPECT_FALSE(happened.is_set());
  spawn('b');
  node.settle();
  EXPECT_EQ(log, "a");
}

TEST_F(events, one_who_was_woken_goes_on_though_it_was_reset) {
  spawn('a');
  node.settle();
  happened.set();
  happened.reset();
  node.settle();
  EXPECT_EQ(log, "a");
}

TEST_F(events, one_that_dies_leaves_its_waiters_waiting) {
  auto dying = std::make_unique<event>();
  ASSERT_TRUE(running.spawn([&]() -> task<> {
    co_await *dying;
    log += 'x';
  }));
  node.settle();
  dying.reset();
  node.settle();
  EXPECT_EQ(log, "");
  EXPECT_EQ(running.size(), 1U);
}

}  // namespace
}  // namespace mirage
