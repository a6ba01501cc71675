// SPDX-License-Identifier: ISC
#include <mirage/core/semaphore.hpp>

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include <mirage/core/event.hpp>
#include <mirage/core/scope.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/test/virtual_node.hpp>

namespace mirage {
namespace {

struct semaphores : testing::Test {
  test::virtual_node node;
  std::string log;
  semaphore permits{2};
  event until;
  scope running;

  task<> hold(char name) {
    const auto permit = co_await permits.acquire();
    log += name;
    co_await until;
  }
  void spawn(char name) { ASSERT_TRUE(running.spawn(hold(name))); }
};

TEST_F(semaphores, give_as_many_permits_as_they_have) {
  for (const char name : {'a', 'b', 'c', 'd'}) spawn(name);
  node.settle();
  EXPECT_EQ(log, "ab");
  EXPECT_EQ(permits.available(), 0U);
  until.set();
  node.settle();
  EXPECT_EQ(log, "abcd");
  EXPECT_EQ(permits.available(), 2U);
}

TEST_F(semaphores, nobody_overtakes_those_who_wait) {
  for (const char name : {'a', 'b', 'c'}) spawn(name);
  node.settle();
  permits.release();
  // c has been granted the permit and has not run yet; d must not take it, nor a second one before c.
  spawn('d');
  node.settle();
  EXPECT_EQ(log, "abc");
  permits.release();
  node.settle();
  EXPECT_EQ(log, "abcd");
}

TEST_F(semaphores, release_without_a_permit_adds_one) {
  permits.release();
  EXPECT_EQ(permits.available(), 3U);
}

TEST_F(semaphores, permits_move_and_are_given_back_once) {
  node.run([](semaphore& of) -> task<> {
    auto first = co_await of.acquire();
    auto second = std::move(first);
    EXPECT_EQ(of.available(), 1U);
    first = co_await of.acquire();
    EXPECT_EQ(of.available(), 0U);
    second.release();
    second.release();
    EXPECT_EQ(of.available(), 1U);
    first = co_await of.acquire();
    EXPECT_EQ(of.available(), 1U) << "the permit that was held before goes back";
  }(permits));
  EXPECT_EQ(permits.available(), 2U);
}

TEST_F(semaphores, one_without_permits_waits_for_a_release) {
  semaphore none(0);
  ASSERT_TRUE(running.spawn([&]() -> task<> {
    const auto permit = co_await none.acquire();
    log += 'x';
  }));
  node.settle();
  EXPECT_EQ(log, "");
  none.release();
  node.settle();
  EXPECT_EQ(log, "x");
  EXPECT_EQ(none.available(), 1U);
}

}  // namespace
}  // namespace mirage
