// SPDX-License-Identifier: ISC
#include <mirage/core/scope.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <mirage/core/event.hpp>
#include <mirage/core/sleep.hpp>

#include "scope_fixture.hpp"

namespace mirage {
namespace {

TEST_F(scopes, spawning_only_queues) {
  scope running;
  ASSERT_TRUE(running.spawn(say(log, 'a')));
  ASSERT_TRUE(running.spawn(say(log, 'b')));
  EXPECT_EQ(log, "");
  EXPECT_EQ(running.size(), 2U);
  EXPECT_EQ(node.tasks.tasks(), 2U);
  node.step();
  EXPECT_EQ(log, "ab");
  EXPECT_EQ(running.size(), 0U);
}

TEST_F(scopes, destroy_what_is_left_newest_first) {
  event until;
  {
    scope running;
    for (const char name : {'a', 'b', 'c'}) ASSERT_TRUE(running.spawn(wait_as(log, name, until)));
    node.settle();
    EXPECT_EQ(log, "");
  }
  EXPECT_EQ(log, "cba");
}

TEST_F(scopes, destroy_tasks_that_never_started) {
  event until;
  {
    scope running;
    ASSERT_TRUE(running.spawn(wait_as(log, 'a', until)));
  }
  EXPECT_EQ(log, "");
  node.settle();
  EXPECT_EQ(log, "");
}

TEST_F(scopes, can_be_used_again_after_a_cancel) {
  event until;
  scope running;
  ASSERT_TRUE(running.spawn(wait_as(log, 'a', until)));
  node.settle();
  running.cancel();
  EXPECT_EQ(log, "a");
  EXPECT_EQ(running.size(), 0U);
  ASSERT_TRUE(running.spawn(say(log, 'b')));
  node.settle();
  EXPECT_EQ(log, "ab");
}

// ---- Callables -----------------------------------------------------------------------------------------

TEST_F(scopes, keep_the_captures_of_a_callable) {
  scope running;
  {
    const auto text = std::make_shared<std::string>("captured");
    ASSERT_TRUE(running.spawn([this, text]() -> task<> {
      co_await yield();
      log += *text;
    }));
  }
  node.settle();
  EXPECT_EQ(log, "captured");
}

task<> append(std::string& to, std::unique_ptr<std::string>& what, int times) {
  for (int i = 0; i < times; ++i) {
    co_await yield();
    to += *what;
  }
}

TEST_F(scopes, keep_the_arguments_of_a_callable) {
  scope running;
  const auto bind = [this](std::unique_ptr<std::string>& what, int times) {
    return append(log, what, times);
  };
  ASSERT_TRUE(running.spawn("append", bind, std::make_unique<std::string>("x"), 3));
  node.settle();
  EXPECT_EQ(log, "xxx");
}

// ---- Owners ------------------------------------------------------------------------------------------

task<> owner(std::string& log, event& until) {
  const witness here(log, 'o');
  scope children;
  for (const char name : {'a', 'b'}) EXPECT_TRUE(children.spawn(wait_as(log, name, until)));
  co_await until;
}

TEST_F(scopes, die_with_their_owner) {
  event until;
  scope running;
  ASSERT_TRUE(running.spawn(owner(log, until)));
  node.settle();
  EXPECT_EQ(node.tasks.tasks(), 3U);
  running.cancel();
  EXPECT_EQ(log, "bao");
}

TEST_F(scopes, live_on_when_the_task_that_made_them_ends) {
  std::unique_ptr<server> made;
  scope running;
  ASSERT_TRUE(running.spawn("maker", [&]() -> task<> {
    made = std::make_unique<server>();
    EXPECT_TRUE(made->running.spawn("a", wait_as(log, 'a', made->until)));
    co_await yield();
    co_await yield();
  }));
  node.step();
  node.step();
  EXPECT_EQ(node.live_tasks(), "0 maker: yield\n1 a: event\n");
  node.settle();
  EXPECT_EQ(node.live_tasks(), "0 a: event\n");
  running.cancel();
  EXPECT_EQ(made->running.size(), 1U);
  made->until.set();
  node.settle();
  EXPECT_EQ(log, "a");
}

TEST_F(scopes, live_on_when_the_task_that_made_them_is_destroyed) {
  std::unique_ptr<server> made;
  {
    scope running;
    ASSERT_TRUE(running.spawn([&]() -> task<> {
      made = std::make_unique<server>();
      EXPECT_TRUE(made->running.spawn("a", wait_as(log, 'a', made->until)));
      co_await forever();
    }));
    node.settle();
  }
  EXPECT_EQ(node.live_tasks(), "0 a: event\n");
  made.reset();
  EXPECT_EQ(log, "a");
}

// ---- The cap -----------------------------------------------------------------------------------------

TEST_F(scopes, refuse_at_the_cap_but_those_who_run_can_still_call) {
  test::virtual_node small({.frames = std::size_t{64} << 10, .buffers = 0});
  scope running;
  std::size_t spawned = 0;
  while (running.spawn(forever())) ++spawned;
  EXPECT_GT(spawned, 200U);
  EXPECT_EQ(running.spawn(forever()), fail(spawn_error::full));
  EXPECT_EQ(describe(spawn_error::full), "no room for another task");
  small.settle();
  running.cancel();
  EXPECT_EQ(small.run([]() -> task<int> { co_return 5; }()), 5)
      << "a peak that is over must not refuse anybody";
}

TEST_F(scopes, a_running_task_calls_while_spawning_is_refused) {
  test::virtual_node small({.frames = std::size_t{64} << 10, .buffers = 0});
  const auto caller = [](scope& others) -> task<int> {
    while (others.spawn(forever())) {
    }
    co_await yield();
    const auto call = []() -> task<int> { co_return 3; };
    const int value = co_await call();
    others.cancel();
    co_return value;
  };
  scope others;
  EXPECT_EQ(small.run(caller(others)), 3);
}

}  // namespace
}  // namespace mirage
