// SPDX-License-Identifier: ISC
#include <mirage/core/eventual.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include <mirage/core/event.hpp>
#include <mirage/core/ready.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/core/when.hpp>
#include <mirage/test/virtual_node.hpp>

namespace mirage {
namespace {

using number = std::unique_ptr<int>;  // moves, and is not copied
using numbers = ready<number>;

struct eventual_test : testing::Test {
  test::virtual_node node;
  void TearDown() override {
    EXPECT_EQ(node.tasks.tasks(), 0U);
    EXPECT_EQ(node.frames.live(), 0U);
  }
};

/// What waits for an event and can be moved until it does; `asked` counts how often it was whether it is set.
class movable_wait {
 public:
  movable_wait(event& of, int& asked) : event_(of), asked_(asked), wait_(of) {}
  movable_wait(movable_wait&& other) noexcept : movable_wait(other.event_, other.asked_) {}
  bool await_ready() {
    ++asked_;
    return wait_.await_ready();
  }
  template <task_promise Promise>
  void await_suspend(std::coroutine_handle<Promise> who) {
    wait_.await_suspend(who);
  }
  number await_resume() { return std::make_unique<int>(7); }

 private:
  event& event_;
  int& asked_;
  event::awaiter wait_;
};

static_assert(awaits<eventual<number>, number>);

TEST_F(eventual_test, what_is_there_takes_no_frame) {
  auto work = [&]() -> task<> {
    const std::size_t before = node.frames.live();
    event set;
    set.set();
    int asked = 0;
    auto waited = started(movable_wait(set, asked));
    auto given = started(numbers(std::make_unique<int>(8)));
    EXPECT_EQ(node.frames.live(), before);
    EXPECT_TRUE(waited);
    const number seven = co_await waited;
    const number eight = co_await std::move(given);
    EXPECT_EQ(*seven, 7);
    EXPECT_EQ(*eight, 8);
    EXPECT_EQ(asked, 1);
  };
  node.run(work());
}

TEST_F(eventual_test, what_has_to_wait_is_a_task) {
  auto work = [&]() -> task<> {
    event later_set;
    int asked = 0;
    auto setting = [&later_set]() -> task<number> {
      co_await sleep_for(1s);
      later_set.set();
      co_return nullptr;
    };
    auto waiting = [&]() -> task<number> { co_return co_await started(movable_wait(later_set, asked)); };
    auto both = co_await when_all(waiting(), setting());
    EXPECT_EQ(*std::get<0>(both), 7);
    EXPECT_GE(node.time() - test::virtual_start, 1s);
  };
  node.run(work());
}

TEST_F(eventual_test, a_task_is_taken_as_it_is) {
  auto slow = []() -> task<number> {
    co_await sleep_for(1s);
    co_return std::make_unique<int>(9);
  };
  auto work = [&]() -> task<> {
    const std::size_t before = node.frames.live();
    auto waited = started(slow());
    EXPECT_EQ(node.frames.live(), before + 1);
    const number nine = co_await std::move(waited);
    EXPECT_EQ(*nine, 9);
  };
  node.run(work());
}

TEST_F(eventual_test, cancelling_it_ends_the_wait) {
  event never_set;
  int asked = 0;
  auto waiting = [&]() -> task<number> { co_return co_await started(movable_wait(never_set, asked)); };
  auto work = [&]() -> task<> {
    auto in_time = co_await with_timeout(1s, waiting());
    EXPECT_FALSE(in_time);
    EXPECT_FALSE(never_set.is_awaited());
  };
  node.run(work());
  EXPECT_GT(asked, 0);
}

TEST_F(eventual_test, without_memory_for_the_frame_it_is_empty) {
  event never_set;
  int asked = 0;
  auto work = [&]() -> task<> {
    node.frames.set_limit(0);
    std::vector<task<number>> taken;
    auto fill = []() -> task<number> { co_return nullptr; };
    while (true) {
      taken.push_back(fill());
      if (!taken.back()) break;
    }
    EXPECT_FALSE(started(movable_wait(never_set, asked)));
    co_return;
  };
  node.run(work());
}

}  // namespace
}  // namespace mirage
