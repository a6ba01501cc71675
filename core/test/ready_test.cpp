// SPDX-License-Identifier: ISC
#include <mirage/core/ready.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include <mirage/core/result.hpp>
#include <mirage/core/task.hpp>

namespace mirage {
namespace {

using answer = result<std::unique_ptr<int>, int>;

ready<answer> half_of(int number) {
  if (number % 2 != 0) return fail(number);
  return std::make_unique<int>(number / 2);
}

static_assert(awaits<ready<answer>, answer>);
static_assert(!awaits<ready<answer>, int>);

TEST(ready, gives_its_value_without_waiting) {
  auto ready_value = half_of(8);
  ASSERT_TRUE(ready_value.await_ready());
  const answer value = ready_value.await_resume();
  ASSERT_TRUE(value.has_value());
  EXPECT_EQ(**value, 4);
}

TEST(ready, gives_errors_too) {
  auto ready_value = half_of(7);
  const answer value = ready_value.await_resume();
  ASSERT_FALSE(value.has_value());
  EXPECT_EQ(value.error(), 7);
}

}  // namespace
}  // namespace mirage
