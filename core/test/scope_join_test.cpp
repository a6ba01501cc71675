// SPDX-License-Identifier: ISC
// Waiting for the tasks of a scope, and the exceptions that leave them: who gets those, and what happens
// where nobody waits.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include <mirage/core/event.hpp>
#include <mirage/core/scope.hpp>
#include <mirage/core/sleep.hpp>

#include "scope_fixture.hpp"

#if MIRAGE_EXCEPTIONS
#include <stdexcept>
#endif

namespace mirage {
namespace {

task<> joins(scope& of, std::string& log) {
  co_await of.join();
  log += 'j';
}

TEST_F(scopes, join_waits_for_all) {
  server of;
  scope running;
  ASSERT_TRUE(of.running.spawn(wait_as(log, 'a', of.until)));
  ASSERT_TRUE(of.running.spawn([&]() -> task<> { co_await sleep_for(1s); }));
  ASSERT_TRUE(running.spawn(joins(of.running, log)));
  of.until.set();
  node.settle();
  EXPECT_EQ(log, "a");
  node.advance(2s);
  EXPECT_EQ(log, "aj");
}

TEST_F(scopes, join_goes_on_at_once_when_there_is_nobody) {
  scope of;
  node.run(joins(of, log));
  EXPECT_EQ(log, "j");
}

TEST_F(scopes, join_waits_for_a_task_that_comes_after_the_last_one) {
  server of;
  scope running;
  ASSERT_TRUE(running.spawn(joins(of.running, log)));
  ASSERT_TRUE(of.running.spawn(wait_as(log, 'a', of.until)));
  node.settle();
  // Ends the first and spawns another one in the same round, before the joiner runs.
  ASSERT_TRUE(running.spawn([&]() -> task<> {
    of.until.set();
    co_await yield();
    EXPECT_EQ(of.running.size(), 0U);
    EXPECT_TRUE(of.running.spawn([&]() -> task<> {
      co_await sleep_for(1s);
      log += 'b';
    }));
  }));
  node.settle();
  EXPECT_EQ(log, "a");
  node.advance(2s);
  EXPECT_EQ(log, "abj");
}

TEST_F(scopes, a_cancel_ends_the_waiting_of_the_joiner) {
  server of;
  scope running;
  ASSERT_TRUE(of.running.spawn(wait_as(log, 'a', of.until)));
  ASSERT_TRUE(running.spawn(joins(of.running, log)));
  node.settle();
  of.running.cancel();
  node.settle();
  EXPECT_EQ(log, "aj");
}

TEST_F(scopes, joined_twice_at_once_stops_the_unikernel) {
  server of;
  ASSERT_TRUE(of.running.spawn(wait_as(log, 'a', of.until)));
  scope running;
  ASSERT_TRUE(running.spawn(joins(of.running, log)));
  ASSERT_TRUE(running.spawn(joins(of.running, log)));
  EXPECT_DEATH_IF_SUPPORTED(node.settle(), "a scope is joined twice at once");
  running.cancel();
}

task<bool> joins_until(scope& of, duration limit) {
  const bool all = co_await of.join_until(later(os::now(), limit));
  co_return all;
}

TEST_F(scopes, join_until_says_whether_all_have_ended) {
  server of;
  ASSERT_TRUE(of.running.spawn(wait_as(log, 'a', of.until)));
  EXPECT_FALSE(node.run(joins_until(of.running, 1s)));
  EXPECT_EQ(of.running.size(), 1U) << "the task goes on";
  of.until.set();
  EXPECT_TRUE(node.run(joins_until(of.running, 1s)));
  EXPECT_TRUE(node.run(joins_until(of.running, 0s)));
}

TEST_F(scopes, join_one_waits_for_any_and_leaves_the_others) {
  server of;
  event other;
  ASSERT_TRUE(of.running.spawn(wait_as(log, 'a', of.until)));
  ASSERT_TRUE(of.running.spawn(wait_as(log, 'b', other)));
  scope running;
  ASSERT_TRUE(running.spawn([&]() -> task<> {
    co_await of.running.join_one();
    log += 'j';
  }));
  node.settle();
  ASSERT_TRUE(of.running.spawn(wait_as(log, 'c', other)));
  other.set();
  node.settle();
  EXPECT_EQ(log, "cbj");
  EXPECT_EQ(of.running.size(), 1U);
  node.run([&]() -> task<> {
    of.until.set();
    co_await of.running.join();
    co_await of.running.join_one();
  }());
  EXPECT_EQ(log, "cbja");
}

TEST_F(scopes, join_first_cancels_the_others_in_the_moment_in_which_one_ends) {
  server of;
  ASSERT_TRUE(of.running.spawn(wait_as(log, 'a', of.until)));
  ASSERT_TRUE(of.running.spawn(wait_as(log, 'b', of.until)));
  ASSERT_TRUE(of.running.spawn([&]() -> task<> { co_await forever(); }));
  scope running;
  ASSERT_TRUE(running.spawn([&]() -> task<> {
    co_await of.running.join_first();
    log += 'j';
  }));
  node.settle();
  of.until.set();
  // Both are woken, but b never runs.
  node.step();
  EXPECT_EQ(log, "ab");
  EXPECT_EQ(of.running.size(), 0U);
  node.settle();
  EXPECT_EQ(log, "abj");
}

// ---- Exceptions --------------------------------------------------------------------------------------

#if MIRAGE_EXCEPTIONS

task<> fails(const char* why, duration after) {
  co_await sleep_for(after);
  throw std::domain_error(why);
}

task<std::string> what_join_throws(scope& of) {
  try {
    co_await of.join();
  } catch (const std::domain_error& error) {
    co_return error.what();
  }
  co_return "nothing";
}

TEST_F(scopes, join_rethrows_the_first_failure_when_all_have_ended) {
  scope of;
  ASSERT_TRUE(of.spawn(fails("first", 1s)));
  ASSERT_TRUE(of.spawn("slow", fails("second", 2s)));
  EXPECT_EQ(node.run(what_join_throws(of)), "first");
  EXPECT_GE(node.time(), test::virtual_start + 2s);
  // The other one is not lost.
  EXPECT_NE(node.console_text().find(
                "an exception escaped from the task slow and another one escaped before: second"),
            std::string::npos)
      << node.console_text();
  EXPECT_EQ(node.run(what_join_throws(of)), "nothing");
}

TEST_F(scopes, a_failure_is_kept_until_somebody_joins) {
  scope of;
  ASSERT_TRUE(of.spawn(fails("early", 0s)));
  node.advance(1s);
  EXPECT_EQ(of.size(), 0U);
  EXPECT_EQ(node.run(what_join_throws(of)), "early");
}

TEST_F(scopes, a_failure_that_nobody_joins_stops_the_unikernel_with_the_name_of_the_task) {
  EXPECT_DEATH_IF_SUPPORTED(
      {
        scope of;
        EXPECT_TRUE(of.spawn("reader", fails("no data", 0s)));
        node.settle();
      },
      "an exception escaped from the task reader and nobody joined its scope: no data");
}

TEST_F(scopes, an_exception_of_any_type_is_reported) {
  EXPECT_DEATH_IF_SUPPORTED(
      {
        scope of;
        EXPECT_TRUE(of.spawn([]() -> task<> {
          throw 5;
          co_return;
        }));
        node.settle();
      },
      "nobody joined its scope: of an unknown type");
}

// The failure arrives in the round in which the joiner's time is over: that is no programmer's error.
TEST_F(scopes, a_failure_dies_with_the_joiner_that_was_about_to_get_it) {
  scope joiners;
  ASSERT_TRUE(joiners.spawn([]() -> task<> {
    scope of;
    EXPECT_TRUE(of.spawn(fails("unseen", 1s)));
    co_await of.join();
  }));
  ASSERT_TRUE(node.run_until([&] { return node.tasks.tasks() == 1; }));
  joiners.cancel();
  EXPECT_EQ(node.frames.live(), 0U);
}

TEST_F(scopes, the_failure_of_a_cancelled_task_is_nobodys) {
  server of;
  ASSERT_TRUE(of.running.spawn([&]() -> task<> {
    of.running.cancel();
    throw std::domain_error("cancelled");
    co_return;
  }));
  node.settle();
  EXPECT_EQ(node.run(what_join_throws(of.running)), "nothing");
}

TEST_F(scopes, join_one_and_join_first_rethrow_too) {
  scope of;
  ASSERT_TRUE(of.spawn(fails("one", 1s)));
  ASSERT_TRUE(of.spawn(fails("two", 2s)));
  EXPECT_THROW(node.run([](scope& joined) -> task<> { co_await joined.join_one(); }(of)), std::domain_error);
  EXPECT_EQ(of.size(), 1U);
  EXPECT_THROW(node.run([](scope& joined) -> task<> { co_await joined.join_first(); }(of)),
               std::domain_error);
}

#endif

}  // namespace
}  // namespace mirage
