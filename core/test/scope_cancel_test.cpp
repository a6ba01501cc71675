// SPDX-License-Identifier: ISC
// Scopes that are cancelled or destroyed from where that is delicate: by a task of theirs, in an upcall, by a
// destructor.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <mirage/core/event.hpp>
#include <mirage/core/loop.hpp>
#include <mirage/core/scope.hpp>
#include <mirage/core/semaphore.hpp>
#include <mirage/core/sleep.hpp>

#include "scope_fixture.hpp"

namespace mirage {
namespace {

// ---- Cancelling from inside ----------------------------------------------------------------------------

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

}  // namespace
}  // namespace mirage
