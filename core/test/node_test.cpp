// SPDX-License-Identifier: ISC
#include <mirage/core/node.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstddef>

#include <mirage/core/os.hpp>
#include <mirage/core/panic.hpp>
#include <mirage/core/scope.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/test/virtual_node.hpp>

namespace mirage {
namespace {

TEST(node, now_is_the_time_at_the_beginning_of_the_round) {
  test::virtual_node node;
  scope running;
  ASSERT_TRUE(running.spawn([&]() -> task<> {
    node.set_time(node.time() + 5ms);
    EXPECT_EQ(os::now(), test::virtual_start);
    EXPECT_EQ(os::monotonic(), test::virtual_start + 5ms);
    co_await yield();
    EXPECT_EQ(os::now(), test::virtual_start + 5ms);
  }));
  node.settle();
  EXPECT_EQ(running.size(), 0U);
}

TEST(node, the_first_exit_status_stays) {
  test::virtual_node node;
  EXPECT_EQ(node.exit_status, std::nullopt);
  os::exit(3);
  os::exit(4);
  EXPECT_EQ(node.exit_status, 3);
}

TEST(node, random_bytes_come_from_the_platform) {
  const test::virtual_node node;
  std::array<std::byte, 16> some{};
  os::random(some);
  EXPECT_NE(some, (std::array<std::byte, 16>{}));
  EXPECT_NE(os::random64(), os::random64());
  os::random({});
}

TEST(node, coalesces_under_load) {
  test::virtual_node node;
  struct busy final : event_source {
    explicit busy(loop& tasks) : tasks(tasks) {}
    bool poll() noexcept override {
      tasks.found(1);
      return true;
    }
    loop& tasks;
  } source(node.tasks);
  EXPECT_EQ(node.coalesce(), 0s);
  node.set_round_time(2us);
  node.report(source);
  node.advance(5ms);
  EXPECT_GT(node.coalesce(), 0s);
  source.unlink();
  node.advance(5ms);
  EXPECT_EQ(node.coalesce(), 0s);
}

TEST(node, limits_are_those_that_were_given) {
  test::virtual_node node({.frames = 0, .buffers = 0});
  EXPECT_TRUE(node.frames.scarce() || node.frames.allocate(64) == nullptr);
  EXPECT_EQ(node.buffers.allocate(1), nullptr);
}

TEST(node, several_in_one_program_keep_their_tasks_apart) {
  test::virtual_node one;
  scope of_one;
  test::virtual_node two;
  scope of_two;
  ASSERT_TRUE(of_two.spawn("two", []() -> task<> { co_await sleep_for(1s); }));
  EXPECT_EQ(two.tasks.tasks(), 1U);
  EXPECT_EQ(one.tasks.tasks(), 0U);
  one.enter();
  ASSERT_TRUE(of_one.spawn("one", []() -> task<> { co_await sleep_for(2s); }));
  one.advance(3s);
  EXPECT_EQ(one.tasks.tasks(), 0U);
  EXPECT_EQ(two.tasks.tasks(), 1U);
  two.enter();
  two.advance(3s);
  EXPECT_EQ(two.tasks.tasks(), 0U);
  of_two.cancel();
}

TEST(panic, tells_why_and_where) {
  const test::virtual_node node;
  EXPECT_DEATH_IF_SUPPORTED(panic("the reason"), "node_test.cpp:[0-9]+: the reason");
  EXPECT_DEATH_IF_SUPPORTED(require(false, "must hold"), "node_test.cpp:[0-9]+: must hold");
  require(true, "holds");
}

}  // namespace
}  // namespace mirage
