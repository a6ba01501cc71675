// SPDX-License-Identifier: ISC
#include "mirage/virtio/virtqueue.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <vector>

#include "fake_ring.hpp"
#include "mirage/core/bytes.hpp"

namespace mirage::virtio {
namespace {

using test::fake_ring;
using kind = virtqueue::completion::kind;

cbytes text(std::string_view from) { return as_bytes(from); }

struct both_sides {
  explicit both_sides(const virtqueue_options& options)
      : driver(options), device(driver.memory(), options.event_index) {}

  /// Chain of one piece to read.
  std::uint16_t add(std::string_view content) {
    const std::array piece{text(content)};
    return driver.add(piece, {});
  }
  virtqueue driver;
  fake_ring device;
};

TEST(virtqueue, hands_a_chain_to_the_device_and_back) {
  both_sides ring({.size = 8});
  std::array<std::byte, 16> room;
  const std::array to_read{text("head"), text("body")};
  const std::array to_write{cbytes(room)};
  const std::uint16_t chain = ring.driver.add(to_read, to_write);
  EXPECT_FALSE(ring.device.take()) << "the device saw it before it was published";
  EXPECT_TRUE(ring.driver.publish());
  EXPECT_FALSE(ring.driver.publish()) << "nothing new";
  const auto taken = ring.device.take();
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->id, chain);
  EXPECT_EQ(taken->text(), "headbody");
  EXPECT_EQ(taken->write("answer"), 6u);
  EXPECT_EQ(ring.driver.take().what, kind::none);
  ring.device.complete(chain, 6);
  const auto done = ring.driver.take();
  EXPECT_EQ(done.what, kind::done);
  EXPECT_EQ(done.chain, chain);
  EXPECT_EQ(done.written, 6u);
  EXPECT_EQ(as_text(cbytes(room).first(6)), "answer");
  EXPECT_EQ(ring.driver.in_flight(), 0);
}

TEST(virtqueue, is_full_when_no_descriptor_is_left) {
  both_sides ring({.size = 4});
  const std::array three{text("a"), text("b"), text("c")};
  EXPECT_TRUE(ring.driver.has_room(4));
  EXPECT_FALSE(ring.driver.has_room(5));
  const std::uint16_t first = ring.driver.add(three, {});
  EXPECT_FALSE(ring.driver.has_room(2));
  EXPECT_TRUE(ring.driver.has_room(1));
  ring.add("d");
  EXPECT_FALSE(ring.driver.has_room(1));
  static_cast<void>(ring.driver.publish());
  ring.device.complete(first, 0);
  EXPECT_EQ(ring.driver.take().what, kind::done);
  EXPECT_TRUE(ring.driver.has_room(3));
  EXPECT_FALSE(ring.driver.has_room(4));
}

// The indices are of 16 bits and run on for ever; chains come back in another order.
TEST(virtqueue, goes_round_many_times_and_in_any_order) {
  for (const bool event_index : {false, true}) {
    both_sides ring({.size = 8, .event_index = event_index, .indirect = 6});
    const std::array long_chain{text("1"), text("2"), text("3"), text("4"), text("5")};
    for (unsigned round = 0; round < 70'000; ++round) {
      const std::uint16_t one = ring.add("one");
      const std::uint16_t two = ring.driver.add(long_chain, {});
      static_cast<void>(ring.driver.publish());
      ASSERT_EQ(ring.device.take()->text(), "one");
      ASSERT_EQ(ring.device.take()->text(), "12345");
      ring.device.put(round % 2 == 0 ? two : one, 0);
      ring.device.complete(round % 2 == 0 ? one : two, 0);
      ASSERT_EQ(ring.driver.take().what, kind::done);
      ASSERT_EQ(ring.driver.take().what, kind::done);
      ASSERT_EQ(ring.driver.take().what, kind::none);
    }
    EXPECT_TRUE(ring.driver.has_room(8));
  }
}

TEST(virtqueue, a_long_chain_takes_one_entry_by_an_indirect_table) {
  both_sides ring({.size = 2, .indirect = 5});
  const std::array four{text("a"), text("b"), text("c"), text("d")};
  EXPECT_TRUE(ring.driver.has_room(5));
  EXPECT_FALSE(ring.driver.has_room(6));
  ring.driver.add(four, {});
  std::array<std::byte, 4> room;
  const std::array to_write{cbytes(room)};
  ring.driver.add(four, to_write);
  EXPECT_FALSE(ring.driver.has_room(4));
  static_cast<void>(ring.driver.publish());
  EXPECT_EQ(ring.device.take()->text(), "abcd");
  const auto second = ring.device.take();
  EXPECT_EQ(second->text(), "abcd");
  EXPECT_EQ(second->room(), 4u);
}

// ---- Who is told when ----------------------------------------------------------------------------------

TEST(virtqueue, notifies_by_flag_where_there_is_no_event_index) {
  both_sides ring({.size = 8});
  ring.add("a");
  EXPECT_TRUE(ring.driver.publish());
  ring.device.set_used_flags(1);
  ring.add("b");
  EXPECT_FALSE(ring.driver.publish());
  ring.device.set_used_flags(0);
  ring.add("c");
  EXPECT_TRUE(ring.driver.publish());
}

TEST(virtqueue, notifies_by_event_index_only_who_has_caught_up) {
  both_sides ring({.size = 8, .event_index = true});
  ring.add("a");
  EXPECT_TRUE(ring.driver.publish()) << "the device waits for the first";
  ring.add("b");
  EXPECT_FALSE(ring.driver.publish()) << "it has not come for the first yet";
  ASSERT_TRUE(ring.device.take());
  ASSERT_TRUE(ring.device.take());
  ring.add("c");
  EXPECT_TRUE(ring.driver.publish());
}

TEST(virtqueue, wants_an_interrupt_only_when_it_asks) {
  for (const bool event_index : {false, true}) {
    both_sides ring({.size = 8, .event_index = event_index});
    std::vector<std::uint16_t> chains;
    for (int i = 0; i < 6; ++i) chains.push_back(ring.add("x"));
    static_cast<void>(ring.driver.publish());
    EXPECT_TRUE(ring.driver.arm());
    EXPECT_TRUE(ring.device.complete(chains[0], 0));
    EXPECT_FALSE(ring.driver.arm()) << "one is there already";
    EXPECT_EQ(ring.driver.take().what, kind::done);
    EXPECT_TRUE(ring.driver.arm());
    ring.driver.disarm();
    const bool told = ring.device.complete(chains[1], 0);
    EXPECT_EQ(told, event_index) << "the one that was asked for cannot be taken back by index";
    EXPECT_FALSE(ring.device.complete(chains[2], 0));
  }
}

TEST(virtqueue, can_ask_for_an_interrupt_after_several) {
  both_sides ring({.size = 8, .event_index = true});
  std::vector<std::uint16_t> chains;
  for (int i = 0; i < 6; ++i) chains.push_back(ring.add("x"));
  static_cast<void>(ring.driver.publish());
  EXPECT_TRUE(ring.driver.arm(2));
  EXPECT_FALSE(ring.device.complete(chains[0], 0));
  EXPECT_FALSE(ring.device.complete(chains[1], 0));
  EXPECT_TRUE(ring.device.complete(chains[2], 0));
  EXPECT_FALSE(ring.driver.arm(2));
}

// ---- A device that lies --------------------------------------------------------------------------------

struct lying : testing::Test {
  both_sides ring{{.size = 8}};
  std::array<std::byte, 16> room{};
  std::uint16_t chain = 0;

  void SetUp() override {
    const std::array to_write{cbytes(room)};
    chain = ring.driver.add({}, to_write);
    ring.add("another");
    static_cast<void>(ring.driver.publish());
  }
  void expect(queue_fault fault) {
    EXPECT_EQ(ring.driver.take().what, kind::broken);
    EXPECT_EQ(ring.driver.fault(), fault);
    EXPECT_EQ(ring.driver.take().what, kind::broken) << "it stays so";
  }
};

TEST_F(lying, about_how_much_it_has_done) {
  ring.device.put(chain, 0);
  ring.device.set_used_index(3);
  expect(queue_fault::index_jumped);
}
TEST_F(lying, with_an_index_that_runs_back) {
  ring.device.set_used_index(0xffff);
  expect(queue_fault::index_jumped);
}
TEST_F(lying, with_an_entry_beyond_the_ring) {
  ring.device.complete(8, 0);
  expect(queue_fault::id_out_of_range);
}
TEST_F(lying, with_an_entry_far_beyond_the_ring) {
  ring.device.complete(0x10000, 0);
  expect(queue_fault::id_out_of_range);
}
TEST_F(lying, with_what_nobody_asked_for) {
  ring.device.complete(5, 0);
  expect(queue_fault::not_in_flight);
}
TEST_F(lying, with_the_same_chain_twice) {
  ring.device.complete(chain, 1);
  ring.device.complete(chain, 1);
  EXPECT_EQ(ring.driver.take().what, kind::done);
  expect(queue_fault::not_in_flight);
}
TEST_F(lying, about_how_much_it_has_written) {
  ring.device.complete(chain, 17);
  expect(queue_fault::length_too_long);
}

TEST(virtqueue, does_not_mind_how_much_a_device_says_that_it_read) {
  both_sides ring({.size = 8});
  const std::uint16_t chain = ring.add("sent");
  static_cast<void>(ring.driver.publish());
  ring.device.complete(chain, 4);
  const auto done = ring.driver.take();
  EXPECT_EQ(done.what, kind::done);
  EXPECT_EQ(done.written, 0u);
}

// What the device writes over in the ring is not what the driver goes by.
TEST(virtqueue, does_not_read_its_descriptors_back) {
  both_sides ring({.size = 8});
  const std::array two{text("a"), text("b")};
  const std::uint16_t chain = ring.driver.add(two, {});
  static_cast<void>(ring.driver.publish());
  std::memset(test::at_address(ring.device.where().descriptors), 0xff, 8 * 16);
  ring.device.complete(chain, 0);
  EXPECT_EQ(ring.driver.take().what, kind::done);
  const std::array eight{text("1"), text("2"), text("3"), text("4"),
                         text("5"), text("6"), text("7"), text("8")};
  ring.driver.add(eight, {});
  static_cast<void>(ring.driver.publish());
  ASSERT_TRUE(ring.device.take());
  EXPECT_EQ(ring.device.take()->text(), "12345678");
}

}  // namespace
}  // namespace mirage::virtio
