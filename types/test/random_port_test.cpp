// SPDX-License-Identifier: ISC
#include "mirage/random_port.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "mirage/test/virtual_node.hpp"

namespace {

using mirage::fail;
using mirage::result;
using mirage::v1::listen_error;

struct random_port : testing::Test {
  mirage::test::virtual_node node;
  std::vector<std::uint16_t> asked;

  // As a stack does whose first `taken` ports are in use.
  result<int, listen_error> listen(std::uint16_t port, std::size_t taken) {
    asked.push_back(port);
    if (asked.size() <= taken) return fail(listen_error::in_use);
    return 7;
  }
};

TEST_F(random_port, is_another_one_where_it_is_in_use) {
  const auto listening =
      mirage::listen_at_random_port(49152, [this](std::uint16_t port) { return listen(port, 3); });
  ASSERT_TRUE(listening.has_value());
  EXPECT_EQ(*listening, 7);
  ASSERT_EQ(asked.size(), 4u);
  EXPECT_NE(asked[2], asked[3]);
}

TEST_F(random_port, is_not_below_the_first) {
  for (int again = 0; again < 1000; ++again)
    (void)mirage::listen_at_random_port(65000, [this](std::uint16_t port) { return listen(port, 0); });
  for (const std::uint16_t each : asked) EXPECT_GE(each, 65000);
}

TEST_F(random_port, gives_up_where_all_are_in_use) {
  const auto listening =
      mirage::listen_at_random_port(1024, [this](std::uint16_t port) { return listen(port, 1'000'000); });
  ASSERT_FALSE(listening.has_value());
  EXPECT_EQ(listening.error(), listen_error::in_use);
  EXPECT_EQ(asked.size(), 16u);
}

TEST_F(random_port, is_of_no_use_where_nobody_may_listen) {
  const auto listening = mirage::listen_at_random_port(1024, [this](std::uint16_t port) {
    asked.push_back(port);
    return result<int, listen_error>(fail(listen_error::closed));
  });
  ASSERT_FALSE(listening.has_value());
  EXPECT_EQ(asked.size(), 1u);
}

}  // namespace
