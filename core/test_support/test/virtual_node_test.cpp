// SPDX-License-Identifier: ISC
#include "mirage/test/virtual_node.hpp"

#include <gtest/gtest.h>

#include <array>
#include <stdexcept>

#include "mirage/core/event.hpp"
#include "mirage/core/sleep.hpp"
#include "mirage/core/when.hpp"

namespace mirage {
namespace {

using test::virtual_node;

task<int> answer() {
  co_await sleep_for(3h);
  co_return 42;
}

task<> wait_for(event& happened) { co_await happened; }

#if MIRAGE_EXCEPTIONS
task<> fail_late() {
  co_await sleep_for(1s);
  throw std::domain_error("late");
}
#endif

task<> spin() {
  while (true) co_await yield();
}

// As docs/debugging.md shows it.
task<int> answer_after(duration length) {
  co_await sleep_for(length);
  co_return 42;
}

TEST(answer, comes_within_an_hour) {
  test::virtual_node node;
  EXPECT_EQ(node.run(with_timeout(1h, answer_after(59min))), 42);
  EXPECT_FALSE(node.run(with_timeout(1h, answer_after(61min))));
}

TEST(virtual_node, runs_a_task_and_jumps_over_its_sleep) {
  virtual_node node;
  EXPECT_EQ(node.run(answer()), 42);
  EXPECT_GE(node.time(), test::virtual_start + 3h);
  EXPECT_LT(node.time(), test::virtual_start + 3h + 2us);
}

#if MIRAGE_EXCEPTIONS

TEST(virtual_node, throws_what_escapes_from_the_task) {
  virtual_node node;
  EXPECT_THROW(node.run(fail_late()), std::domain_error);
}

TEST(virtual_node, a_task_that_nobody_wakes_fails_with_its_name_and_what_it_waits_for) {
  virtual_node node;
  event never_set;
  try {
    node.run(wait_for(never_set));
    FAIL() << "nobody sets the event";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "the task under test does not end; live tasks:\n0 test: event\n");
  }
}

#else

TEST(virtual_node, a_task_that_nobody_wakes_fails_with_its_name_and_what_it_waits_for) {
  virtual_node node;
  event never_set;
  EXPECT_DEATH_IF_SUPPORTED(node.run(wait_for(never_set)), "live tasks:\n0 test: event");
}

#endif

TEST(virtual_node, now_is_right_before_the_first_task_and_after_advance) {
  virtual_node node;
  EXPECT_EQ(os::now(), test::virtual_start);
  EXPECT_EQ(os::monotonic(), test::virtual_start);
  node.advance(1500ms);
  EXPECT_EQ(os::now(), test::virtual_start + 1500ms);
}

TEST(virtual_node, run_until_stops_at_its_limit) {
  virtual_node node;
  EXPECT_FALSE(node.run_until([] { return false; }, 7s));
  EXPECT_EQ(node.time(), test::virtual_start + 7s);
  EXPECT_TRUE(node.run_until([] { return true; }));
}

TEST(virtual_node, rounds_that_cost_time_bound_a_spinning_task) {
  virtual_node node;
  node.set_round_time(1us);
  scope running;
  ASSERT_TRUE(running.spawn("spin", spin()));
  const auto before = node.tasks.counted().rounds;
  node.advance(1ms);
  EXPECT_EQ(node.time(), test::virtual_start + 1ms);
  EXPECT_NEAR(static_cast<double>(node.tasks.counted().rounds - before), 1000, 2);
}

TEST(virtual_node, the_wall_clock_follows_virtual_time) {
  virtual_node node;
  EXPECT_EQ(os::wall(), test::virtual_wall_start);
  node.set_wall(wall_time{5s});
  node.advance(2s);
  EXPECT_EQ(os::wall(), wall_time{7s});
}

TEST(virtual_node, keeps_what_the_console_got) {
  virtual_node node;
  os::console("one ");
  os::console("two");
  EXPECT_EQ(node.console_text(), "one two");
  EXPECT_EQ(node.take_console(), "one two");
  EXPECT_EQ(node.console_text(), "");
}

TEST(virtual_node, equal_seeds_give_equal_entropy) {
  const auto first = [](std::uint64_t seed) {
    virtual_node node({}, seed);
    return os::random64();
  };
  EXPECT_EQ(first(1), first(1));
  EXPECT_NE(first(1), first(2));
}

TEST(virtual_node, several_nodes_have_their_own_time) {
  virtual_node one;
  virtual_node two;
  two.advance(1s);
  one.enter();
  EXPECT_EQ(os::now(), test::virtual_start);
  two.enter();
  EXPECT_EQ(os::now(), test::virtual_start + 1s);
}

TEST(virtual_node, reports_readiness_to_the_source_that_watches) {
  struct source final : machine::descriptor_source {
    bool poll() noexcept override {
      ++polls;
      return false;
    }
    int polls = 0;
  };
  virtual_node node;
  source watched;
  ASSERT_TRUE(machine::watch(watched, 7));
  ASSERT_EQ(node.watching(7), &watched);
  EXPECT_EQ(node.watching(8), nullptr);
  node.report(watched);
  node.settle();
  EXPECT_EQ(watched.polls, 1);
  machine::unwatch(watched, 7);
  EXPECT_EQ(node.watching(7), nullptr);
}

}  // namespace
}  // namespace mirage
