// SPDX-License-Identifier: ISC
#include <mirage/core/subscription.hpp>

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace mirage {
namespace {

struct publisher {
  std::vector<std::uintptr_t> ended;
  subscription listen(std::uintptr_t id) {
    return subscription(
        [](void* self, std::uintptr_t which) noexcept {
          static_cast<publisher*>(self)->ended.push_back(which);
        },
        this, id);
  }
};

TEST(subscription, ends_when_it_is_destroyed) {
  publisher of;
  {
    const subscription held = of.listen(5);
    EXPECT_TRUE(held);
    EXPECT_TRUE(of.ended.empty());
  }
  EXPECT_EQ(of.ended, std::vector<std::uintptr_t>{5});
}

TEST(subscription, ends_once) {
  publisher of;
  {
    subscription held = of.listen(1);
    held.cancel();
    EXPECT_FALSE(held);
    held.cancel();
  }
  EXPECT_EQ(of.ended.size(), 1U);
}

TEST(subscription, moves_with_its_owner) {
  publisher of;
  subscription outer;
  EXPECT_FALSE(outer);
  {
    subscription inner = of.listen(1);
    outer = std::move(inner);
  }
  EXPECT_TRUE(of.ended.empty());
  outer = of.listen(2);
  EXPECT_EQ(of.ended, std::vector<std::uintptr_t>{1});
  outer = {};
  EXPECT_EQ(of.ended, (std::vector<std::uintptr_t>{1, 2}));
}

}  // namespace
}  // namespace mirage
