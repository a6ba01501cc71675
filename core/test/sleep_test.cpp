// SPDX-License-Identifier: ISC
#include <mirage/core/sleep.hpp>

#include <gtest/gtest.h>

#include <string>

#include <mirage/core/scope.hpp>
#include <mirage/test/virtual_node.hpp>

namespace mirage {
namespace {

struct sleeps : testing::Test {
  test::virtual_node node;
  std::string log;
  scope running;
};

task<duration> measure(duration length) {
  const instant start = os::now();
  co_await sleep_for(length);
  co_return os::now() - start;
}

TEST_F(sleeps, are_never_shorter_and_at_most_a_tick_longer) {
  for (const duration length :
       {duration{1}, duration{1us}, duration{1ms}, duration{1s}, duration{24h}, duration{50 * 365 * 24h}}) {
    const duration slept = node.run(measure(length), duration::max());
    EXPECT_GE(slept, length);
    EXPECT_LT(slept, length + 2us);
  }
}

TEST_F(sleeps, of_nothing_or_less_go_on_at_once) {
  const auto rounds = node.tasks.counted().rounds;
  EXPECT_EQ(node.run(measure(0s)), 0s);
  EXPECT_EQ(node.run(measure(-1h)), 0s);
  EXPECT_EQ(node.tasks.counted().rounds, rounds + 2);
}

TEST_F(sleeps, end_in_the_order_of_their_deadlines) {
  for (const int seconds : {3, 1, 2}) {
    ASSERT_TRUE(running.spawn([this, seconds]() -> task<> {
      co_await sleep_until(os::now() + seconds * 1s);
      log += static_cast<char>('0' + seconds);
    }));
  }
  node.advance(10s);
  EXPECT_EQ(log, "123");
}

TEST_F(sleeps, until_never_do_not_end) {
  ASSERT_TRUE(running.spawn([]() -> task<> { co_await sleep_until(never); }));
  EXPECT_EQ(node.step(), never);
  ASSERT_TRUE(running.spawn([]() -> task<> { co_await sleep_for(duration::max()); }));
  EXPECT_EQ(node.step(), never);
  node.advance(24h);
  EXPECT_EQ(running.size(), 2U);
}

TEST_F(sleeps, a_yield_lets_all_others_run_first) {
  for (const char name : {'a', 'b', 'c'}) {
    ASSERT_TRUE(running.spawn([this, name]() -> task<> {
      log += name;
      co_await yield();
      log += name;
    }));
  }
  node.step();
  EXPECT_EQ(log, "abc");
  node.step();
  EXPECT_EQ(log, "abcabc");
}

TEST_F(sleeps, later_is_never_where_it_would_overflow) {
  EXPECT_EQ(later(instant{5s}, 2s), instant{7s});
  EXPECT_EQ(later(instant{5s}, -2s), instant{3s});
  EXPECT_EQ(later(instant{5s}, duration::max()), never);
  EXPECT_EQ(later(never, 1ns), never);
  EXPECT_EQ(later(instant{-5s}, duration::max()), instant{duration::max() - 5s});
}

}  // namespace
}  // namespace mirage
