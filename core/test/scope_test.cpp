// SPDX-License-Identifier: ISC
#include <mirage/core/scope.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <mirage/core/event.hpp>
#include <mirage/core/loop.hpp>
#include <mirage/core/semaphore.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/test/virtual_node.hpp>

#if MIRAGE_EXCEPTIONS
#include <stdexcept>
#endif

namespace mirage {
namespace {

struct scopes : testing::Test {
  test::virtual_node node;
  std::string log;
  void TearDown() override {
    EXPECT_EQ(node.tasks.tasks(), 0U);
    EXPECT_EQ(node.frames.live(), 0U) << "a frame was not destroyed";
  }
};

/// Writes its letter when it dies.
struct witness {
  witness(std::string& to, char which) : log(to), name(which) {}
  witness(const witness&) = delete;
  witness& operator=(const witness&) = delete;
  ~witness() { log += name; }
  std::string& log;
  char name;
};

task<> wait_as(std::string& log, char name, event& until) {
  const witness here(log, name);
  co_await until;
}
task<> say(std::string& log, char name) {
  log += name;
  co_return;
}
task<> forever() {
  event never_set;
  co_await never_set;
}

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

// ---- Cancelling from inside ----------------------------------------------------------------------------

struct server {
  scope running;
  event until;
};

task<> cancels_all(std::string& log, server& of) {
  const witness here(log, 'x');
  of.running.cancel();
  log += '1';
  co_await yield();
  log += '2';
}

TEST_F(scopes, a_task_that_cancels_its_scope_lives_until_it_gives_control) {
  server of;
  ASSERT_TRUE(of.running.spawn(wait_as(log, 'a', of.until)));
  ASSERT_TRUE(of.running.spawn(cancels_all(log, of)));
  ASSERT_TRUE(of.running.spawn(wait_as(log, 'b', of.until)));
  node.step();
  // b never started, so it has no witness; a dies at once, x when it yields.
  EXPECT_EQ(log, "a1x");
  EXPECT_EQ(of.running.size(), 0U);
  node.settle();
  EXPECT_EQ(log, "a1x");
}

task<> cancels_and_ends(std::string& log, server& of) {
  const witness here(log, 'x');
  of.running.cancel();
  log += '1';
  co_return;
}

TEST_F(scopes, a_task_that_cancels_its_scope_may_end_at_once) {
  server of;
  ASSERT_TRUE(of.running.spawn(cancels_and_ends(log, of)));
  node.settle();
  EXPECT_EQ(log, "1x");
}

// A task of a scope inside a task of the scope that it cancels: the one in the middle must outlive it.
task<> in_the_middle(std::string& log, server& of) {
  const witness here(log, 'm');
  std::string local = "m's";
  scope children;
  const auto started = children.spawn(
      [](std::string& to, server& outer, std::string& of_middle) -> task<> {
        const witness inside(to, 'i');
        outer.running.cancel();
        to += of_middle;
        co_await yield();
        to += "not reached";
      },
      std::ref(log), std::ref(of), std::ref(local));
  EXPECT_TRUE(started);
  co_await children.join();
}

TEST_F(scopes, a_task_in_a_nested_scope_may_cancel_the_outer_one) {
  server of;
  ASSERT_TRUE(of.running.spawn(wait_as(log, 'a', of.until)));
  ASSERT_TRUE(of.running.spawn(in_the_middle(log, of)));
  node.settle();
  EXPECT_EQ(log, "am'sim");
}

// The same after it has cancelled its own scope first, and so seems to be out of it.
task<> middle_with_two_cancels(std::string& log, server& of) {
  const witness here(log, 'm');
  std::string local = "m's";
  scope children;
  const auto started = children.spawn(
      [](std::string& to, scope& own, server& outer, std::string& of_middle) -> task<> {
        const witness inside(to, 'i');
        own.cancel();
        outer.running.cancel();
        to += of_middle;
        co_await yield();
        to += "not reached";
      },
      std::ref(log), std::ref(children), std::ref(of), std::ref(local));
  EXPECT_TRUE(started);
  co_await children.join();
}

TEST_F(scopes, cancelling_from_the_inside_outwards_spares_who_is_around) {
  server of;
  ASSERT_TRUE(of.running.spawn(middle_with_two_cancels(log, of)));
  node.settle();
  EXPECT_EQ(log, "m'sim");
}

TEST_F(scopes, one_destroyed_by_a_task_inside_it_stops_the_unikernel) {
  auto of = std::make_unique<server>();
  ASSERT_TRUE(of->running.spawn([&]() -> task<> {
    of.reset();
    co_return;
  }));
  EXPECT_DEATH_IF_SUPPORTED(node.settle(), "a scope is destroyed by a task inside it");
}

TEST_F(scopes, a_task_destroys_a_scope_beside_it) {
  auto of = std::make_unique<server>();
  ASSERT_TRUE(of->running.spawn(wait_as(log, 'a', of->until)));
  scope running;
  ASSERT_TRUE(running.spawn([&]() -> task<> {
    of.reset();
    log += '1';
    co_return;
  }));
  node.settle();
  EXPECT_EQ(log, "a1");
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

// ---- Upcalls -----------------------------------------------------------------------------------------

struct device final : event_source {
  bool poll() noexcept override {
    handler();
    return false;
  }
  std::function<void()> handler;
};

TEST_F(scopes, cancelled_in_an_upcall_their_tasks_live_until_its_end) {
  device driver;
  server of;
  ASSERT_TRUE(of.running.spawn(wait_as(log, 'a', of.until)));
  ASSERT_TRUE(of.running.spawn(wait_as(log, 'b', of.until)));
  node.settle();
  driver.handler = [&] {
    of.running.cancel();
    log += '1';
  };
  node.report(driver);
  node.settle();
  EXPECT_EQ(log, "1ba");
}

TEST_F(scopes, the_handler_may_live_in_the_task_that_it_cancels) {
  device driver;
  server of;
  ASSERT_TRUE(of.running.spawn([&]() -> task<> {
    const std::string local = "still here";
    driver.handler = [&] {
      of.running.cancel();
      log += local;
    };
    co_await of.until;
  }));
  node.settle();
  node.report(driver);
  node.settle();
  EXPECT_EQ(log, "still here");
}

TEST_F(scopes, cancelled_in_an_upcall_inside_a_task_they_wait_for_the_loop) {
  server of;
  ASSERT_TRUE(of.running.spawn(wait_as(log, 'a', of.until)));
  node.settle();
  scope running;
  ASSERT_TRUE(running.spawn([&]() -> task<> {
    {
      const loop::upcall loopback;
      of.running.cancel();
      log += '1';
    }
    log += '2';
    co_await yield();
    log += '3';
  }));
  node.settle();
  EXPECT_EQ(log, "12a3");
}

TEST_F(scopes, destroyed_in_an_upcall_their_tasks_go_at_once) {
  device driver;
  auto of = std::make_unique<server>();
  ASSERT_TRUE(of->running.spawn(wait_as(log, 'a', of->until)));
  node.settle();
  driver.handler = [&] {
    of.reset();
    log += '1';
  };
  node.report(driver);
  node.settle();
  EXPECT_EQ(log, "a1");
}

// What the tasks refer to is gone when the upcall has ended.
TEST_F(scopes, cancelled_and_then_destroyed_in_an_upcall_they_leave_nobody_behind) {
  struct owner_of_permits {
    semaphore permits{2};
    scope running;
  };
  device driver;
  auto of = std::make_unique<owner_of_permits>();
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(of->running.spawn([&permits = of->permits, this]() -> task<> {
      const witness here(log, 'a');
      const auto permit = co_await permits.acquire();
      co_await forever();
    }));
  }
  node.settle();
  driver.handler = [&] {
    of->running.cancel();
    log += '1';
    of.reset();
    log += '2';
  };
  node.report(driver);
  node.settle();
  EXPECT_EQ(log, "1aa2");
}

TEST_F(scopes, may_be_cancelled_by_the_destructors_of_their_tasks) {
  struct canceller {
    scope& whose;
    ~canceller() { whose.cancel(); }
  };
  server one;
  server two;
  for (server* of : {&one, &two}) {
    ASSERT_TRUE(of->running.spawn([&, of]() -> task<> {
      const witness here(log, 'x');
      const canceller both{of == &one ? two.running : one.running};
      co_await forever();
    }));
  }
  node.settle();
  one.running.cancel();
  EXPECT_EQ(log, "xx");
}

// ---- Joining -----------------------------------------------------------------------------------------

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
