// SPDX-License-Identifier: ISC
#include <mirage/core/shutdown_event.hpp>

#include <gtest/gtest.h>

#include <mirage/core/scope.hpp>
#include <mirage/test/virtual_node.hpp>

namespace mirage {
namespace {

task<> wait_for(event& one) { co_await one; }

TEST(shutdown_event, knows_whether_somebody_waited) {
  test::virtual_node node;
  scope waiting;
  shutdown_event heard;
  ASSERT_TRUE(waiting.spawn("who hears it", wait_for(heard)));
  node.settle();
  heard.set();
  EXPECT_TRUE(heard.was_awaited());
  node.settle();
  heard.set();
  EXPECT_TRUE(heard.was_awaited()) << "what counts is the first time";
  EXPECT_EQ(waiting.size(), 0U);
}

TEST(shutdown_event, takes_nobody_who_only_looks_for_one_who_waits) {
  test::virtual_node node;
  scope waiting;
  shutdown_event unheard;
  ASSERT_TRUE(waiting.spawn("who looks", wait_for(unheard.asked())));
  node.settle();
  unheard.set();
  EXPECT_FALSE(unheard.was_awaited());
  EXPECT_TRUE(unheard.is_set());
  node.settle();
  EXPECT_EQ(waiting.size(), 0U);
}

}  // namespace
}  // namespace mirage
