// SPDX-License-Identifier: ISC
#include <mirage/core/mutex.hpp>

#include <gtest/gtest.h>

#include <string>

#include <mirage/core/scope.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/test/virtual_node.hpp>

namespace mirage {
namespace {

TEST(mutex, keeps_a_section_to_one_task) {
  test::virtual_node node;
  mutex section;
  std::string log;
  scope running;
  for (const char name : {'a', 'b', 'c'}) {
    ASSERT_TRUE(running.spawn([&, name]() -> task<> {
      const auto lock = co_await section.lock();
      log += name;
      co_await sleep_for(1s);
      log += name;
    }));
  }
  EXPECT_FALSE(section.locked());
  node.settle();
  EXPECT_TRUE(section.locked());
  node.advance(5s);
  EXPECT_EQ(log, "aabbcc");
  EXPECT_FALSE(section.locked());
}

TEST(mutex, a_guard_may_be_released_early) {
  test::virtual_node node;
  mutex section;
  node.run([](mutex& of) -> task<> {
    auto lock = co_await of.lock();
    EXPECT_TRUE(of.locked());
    lock.release();
    EXPECT_FALSE(of.locked());
    const auto again = co_await of.lock();
  }(section));
  EXPECT_FALSE(section.locked());
}

}  // namespace
}  // namespace mirage
