// SPDX-License-Identifier: ISC
#include <mirage/core/shared.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <utility>

namespace mirage {
namespace {

struct counting {
  explicit counting(int& alive) : count(alive) { ++count; }
  counting(const counting&) = delete;
  counting& operator=(const counting&) = delete;
  ~counting() { --count; }
  int& count;
};

TEST(shared, the_last_owner_frees_it) {
  int alive = 0;
  shared<const counting> first = std::make_unique<counting>(alive);
  {
    shared<const counting> second = first;
    EXPECT_EQ(first.owners(), 2U);
    EXPECT_EQ(&second->count, &alive);
    first = nullptr;
    EXPECT_FALSE(first);
    EXPECT_EQ(second.owners(), 1U);
    EXPECT_EQ(alive, 1);
  }
  EXPECT_EQ(alive, 0);
}

TEST(shared, is_moved_and_assigned) {
  int alive = 0;
  shared<counting> one = std::make_unique<counting>(alive);
  shared<counting> other = std::make_unique<counting>(alive);
  EXPECT_EQ(alive, 2);
  EXPECT_FALSE(one == other);
  other = std::move(one);
  EXPECT_EQ(alive, 1);
  const shared<counting>& itself = other;
  other = itself;
  EXPECT_EQ(other.owners(), 1U);
  one = other;
  EXPECT_TRUE(one == other);
  EXPECT_EQ(other.owners(), 2U);
}

TEST(shared, may_own_nothing) {
  const shared<counting> nothing = std::unique_ptr<counting>();
  EXPECT_FALSE(nothing);
  EXPECT_EQ(nothing.owners(), 0U);
  EXPECT_EQ(nothing.get(), nullptr);
}

}  // namespace
}  // namespace mirage
