// SPDX-License-Identifier: ISC
#include "mirage/management.hpp"

#include <gtest/gtest.h>

#include <string>

#include "mirage/core/counters.hpp"
#include "mirage/core/sleep.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage::management {
namespace {

TEST(management, metrics_are_the_counters) {
  test::virtual_node node;
  counter seen("test_things_total", {}, "Things");
  ++seen;
  ++seen;
  const v1::http_response said = response_to("GET", "/metrics");
  EXPECT_EQ(said.status, 200);
  EXPECT_EQ(said.content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_NE(std::string(said.body.text()).find("\ntest_things_total 2\n"), std::string::npos)
      << said.body.text();
}

TEST(management, tasks_are_those_that_live) {
  test::virtual_node node;
  scope some;
  auto sleeper = []() -> task<> { co_await sleep_for(1h); };
  ASSERT_TRUE(some.spawn("the sleeper", sleeper).has_value());
  node.settle();
  const v1::http_response said = response_to("HEAD", "/tasks");
  EXPECT_EQ(said.status, 200);
  EXPECT_NE(std::string(said.body.text()).find("the sleeper: "), std::string::npos) << said.body.text();
}

TEST(management, there_is_nothing_else) {
  test::virtual_node node;
  EXPECT_EQ(response_to("GET", "/").status, 404);
  const v1::http_response said = response_to("POST", "/metrics");
  EXPECT_EQ(said.status, 405);
  ASSERT_EQ(said.headers.size(), 1u);
  EXPECT_EQ(said.headers.begin()->value, "GET, HEAD");
}

}  // namespace
}  // namespace mirage::management
