// SPDX-License-Identifier: ISC
#include "mirage/ip/parking.hpp"

#include <gtest/gtest.h>

#include <string>

#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

constexpr ip_address first = "192.0.2.1";
constexpr ip_address second = "192.0.2.2";
constexpr ip_address third = "2001:db8::3";

struct parking : testing::Test {
  bool park(const ip_address& to, std::size_t size = 1) {
    auto fill = [](bytes room) noexcept { return room.size(); };
    return all.park(to, {.header = size}, any_fill(fill), {});
  }
  std::size_t park_many(const ip_address& to, std::size_t size = 1) {
    std::size_t count = 0;
    while (park(to, size)) ++count;
    return count;
  }
  std::size_t release(const ip_address& to) {
    return all.release(to, [](const v1::transmit&, cbytes) {});
  }
  test::virtual_node node;
  packet_parking all{16, 16000};
};

TEST_F(parking, who_does_not_answer_leaves_room_for_others) {
  EXPECT_EQ(park_many(first), 8u);
  EXPECT_EQ(park_many(second), 4u);
  EXPECT_EQ(park_many(third), 2u);
  EXPECT_TRUE(park("192.0.2.4"));
  EXPECT_TRUE(park("192.0.2.5"));
  EXPECT_FALSE(park("192.0.2.6"));
}

TEST_F(parking, nor_do_long_packets_take_all) {
  EXPECT_EQ(park_many(first, 2000), 4u);
  EXPECT_EQ(park_many(second, 2000), 2u);
  EXPECT_TRUE(park(third, 2000));
}

TEST_F(parking, what_was_released_is_free_again) {
  EXPECT_EQ(park_many(first), 8u);
  EXPECT_EQ(release(second), 0u);
  EXPECT_EQ(release(first), 8u);
  EXPECT_EQ(park_many(second), 8u);
  EXPECT_EQ(all.give_up(second), 8u);
}

}  // namespace
}  // namespace mirage
