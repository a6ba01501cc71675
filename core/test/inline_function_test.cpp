// SPDX-License-Identifier: ISC
#include "mirage/core/inline_function.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace mirage {
namespace {

using handler = inline_function<int(std::unique_ptr<int>&&), 32>;

static_assert(!std::is_copy_constructible_v<handler>);
static_assert(std::is_nothrow_move_constructible_v<handler>);
static_assert(!std::is_constructible_v<handler, int (*)(std::string)>);

TEST(inline_function, calls_what_it_holds_and_forwards_what_is_moved) {
  std::unique_ptr<int> kept;
  handler keep([&kept](std::unique_ptr<int>&& given) {
    kept = std::move(given);
    return *kept;
  });
  EXPECT_EQ(keep(std::make_unique<int>(7)), 7);
  ASSERT_TRUE(kept);
  EXPECT_EQ(*kept, 7);
}

TEST(inline_function, leaves_what_the_callable_does_not_take) {
  handler look([](std::unique_ptr<int>&& given) { return *given; });
  auto mine = std::make_unique<int>(3);
  EXPECT_EQ(look(std::move(mine)), 3);
  EXPECT_TRUE(mine);
}

TEST(inline_function, keeps_its_state_between_calls_and_when_it_is_moved) {
  handler count([calls = 0](std::unique_ptr<int>&&) mutable { return ++calls; });
  EXPECT_EQ(count(nullptr), 1);
  handler moved(std::move(count));
  EXPECT_EQ(moved(nullptr), 2);
  handler other([](std::unique_ptr<int>&&) { return -1; });
  other = std::move(moved);
  EXPECT_EQ(other(nullptr), 3);
}

TEST(inline_function, destroys_what_it_holds_once) {
  auto watched = std::make_shared<int>(0);
  {
    inline_function<void(), 32> first([watched] {});
    EXPECT_EQ(watched.use_count(), 2);
    inline_function<void(), 32> second(std::move(first));
    EXPECT_EQ(watched.use_count(), 2);
    second = inline_function<void(), 32>([] {});
    EXPECT_EQ(watched.use_count(), 1);
  }
  EXPECT_EQ(watched.use_count(), 1);
}

}  // namespace
}  // namespace mirage
