// SPDX-License-Identifier: ISC
#include <mirage/core/waiter.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <memory>

#include <mirage/core/scope.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/test/virtual_node.hpp>

namespace mirage {
namespace {

struct alarms : testing::Test {
  test::virtual_node node;
  int rung = 0;
  std::function<void()> then;
  static void ring(void* self) noexcept {
    auto& of = *static_cast<alarms*>(self);
    ++of.rung;
    if (of.then) of.then();
  }
  alarm bell{ring, this};
};

TEST_F(alarms, ring_once_at_their_time) {
  EXPECT_EQ(bell.due(), never);
  bell.set(os::now() + 1s);
  EXPECT_EQ(bell.due(), test::virtual_start + 1s);
  node.advance(1s - 1ns);
  EXPECT_EQ(rung, 0);
  node.advance(2us);
  EXPECT_EQ(rung, 1);
  EXPECT_EQ(bell.due(), never);
  node.advance(1h);
  EXPECT_EQ(rung, 1);
}

TEST_F(alarms, never_ring_inside_set) {
  bell.set(os::now());
  EXPECT_EQ(rung, 0);
  node.advance(2us);
  EXPECT_EQ(rung, 1);
}

TEST_F(alarms, can_be_moved_and_cleared) {
  bell.set(os::now() + 1s);
  bell.set(os::now() + 3s);
  node.advance(2s);
  EXPECT_EQ(rung, 0);
  bell.set(os::now() + 500ms);
  node.advance(600ms);
  EXPECT_EQ(rung, 1);
  bell.set(os::now() + 1s);
  bell.clear();
  EXPECT_EQ(bell.due(), never);
  node.advance(1h);
  EXPECT_EQ(rung, 1);
}

TEST_F(alarms, may_set_themselves_again) {
  then = [this] {
    if (rung < 5) bell.set(os::now() + 1s);
  };
  bell.set(os::now() + 1s);
  node.advance(1h);
  EXPECT_EQ(rung, 5);
}

TEST_F(alarms, die_with_their_owner_even_when_they_are_due) {
  auto other = std::make_unique<alarm>(ring, this);
  other->set(os::now() + 1s);
  other.reset();
  node.advance(2s);
  EXPECT_EQ(rung, 0);
  other = std::make_unique<alarm>(ring, this);
  bell.set(os::now() + 1s);
  other->set(os::now() + 1s);
  then = [&] { other.reset(); };
  node.set_time(node.time() + 2s);
  node.settle();
  EXPECT_EQ(rung, 1);
}

// A protocol's timer may end in the cancelling of the tasks that own the protocol.
TEST_F(alarms, ring_as_an_upcall) {
  scope running;
  ASSERT_TRUE(running.spawn([]() -> task<> { co_await sleep_for(1h); }));
  then = [&] {
    running.cancel();
    EXPECT_NE(node.frames.live(), 0U) << "a task was destroyed during an upcall";
  };
  node.settle();
  bell.set(os::now() + 1s);
  node.advance(2s);
  EXPECT_EQ(rung, 1);
  EXPECT_EQ(node.frames.live(), 0U);
}

}  // namespace
}  // namespace mirage
