// SPDX-License-Identifier: ISC
#include <mirage/linux/host_clock.hpp>

#include <gtest/gtest.h>

#include <array>
#include <ctime>

#include "test_host.hpp"

namespace mirage {
namespace {

using test::test_host;

TEST(host_clock, the_wall_clock_is_the_hosts) {
  test_host host;
  host_wall_clock clock{"wall_0"};
  const auto seconds = std::time(nullptr);
  EXPECT_NEAR(static_cast<double>(clock.now().time_since_epoch() / 1s), static_cast<double>(seconds), 2.0);
  ASSERT_TRUE(clock.resolution());
  EXPECT_GT(*clock.resolution(), 0ns);
  EXPECT_LE(*clock.resolution(), 10ms);
}

TEST(host_clock, the_monotonic_clock_never_runs_back) {
  test_host host;
  host_monotonic_clock clock{"monotonic_0"};
  instant last = clock.now();
  for (int i = 0; i < 10'000; ++i) {
    const instant next = clock.now();
    ASSERT_GE(next, last);
    last = next;
  }
  ASSERT_TRUE(clock.resolution());
  EXPECT_GT(*clock.resolution(), 0ns);
}

TEST(host_clock, random_bytes_differ) {
  test_host host;
  host_random random{"random_0"};
  std::array<std::byte, 32> one{};
  std::array<std::byte, 32> two{};
  random.fill(one);
  random.fill(two);
  EXPECT_NE(one, two);
}

}  // namespace
}  // namespace mirage
