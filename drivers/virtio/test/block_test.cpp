// SPDX-License-Identifier: ISC
#include "mirage/virtio/block.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fake_device.hpp"
#include "mirage/core/scope.hpp"
#include "mirage/test/suites/block_suite.hpp"

namespace mirage {
namespace {

using test::fake_disk;
using test::features;
using virtio::device_error;

constexpr std::size_t size = 128 * 4096;

/// A started disk on a fake device.
struct disk {
  explicit disk(std::uint64_t offered, std::uint32_t sector = 512, const virtio::block_options& options = {})
      : device(node, offered, size, sector), block("block_0", bus, options) {
    bus.add(device);
    EXPECT_EQ(test::outcome(node.run(block.start())), "ok");
  }
  ~disk() { node.run(block.stop()); }

  test::virtual_node node;
  virtio::bus bus;
  fake_disk device;
  virtio::block block;
};

template <std::uint64_t Offered, std::uint32_t Sector>
struct disks {
  using block = virtio::block;
  static constexpr duration a_while = 1s;
  disks() {
    sealed_device_.line = 6;
    sealed_bus_.add(sealed_device_);
    EXPECT_EQ(test::outcome(disk_.node.run(sealed_.start())), "ok");
  }
  ~disks() { run(sealed_.stop()); }
  void run(task<> work) { disk_.node.run(std::move(work)); }
  block& device() { return disk_.block; }
  block& read_only() { return sealed_; }
  task<> crash() {
    disk_.device.crash();
    co_return;
  }

 private:
  disk disk_{Offered, Sector};
  virtio::bus sealed_bus_;
  fake_disk sealed_device_{disk_.node, Offered | features({5}), size, Sector};
  block sealed_{"block_1", sealed_bus_};
};
using plain_disk = disks<features({9}), 512>;
using full_disk = disks<fake_disk::all, 4096>;
using segmented_disk = disks<features({1, 2, 9, 28}), 512>;
MIRAGE_CONFORMANCE(block_suite, virtio_plain, plain_disk);
MIRAGE_CONFORMANCE(block_suite, virtio, full_disk);
MIRAGE_CONFORMANCE(block_suite, virtio_short_segments, segmented_disk);

TEST(virtio_block, has_the_layout_of_the_device) {
  disk all(fake_disk::all, 4096);
  EXPECT_EQ(all.block.info(), (v1::block_info{.sector_size = 4096, .sectors = 128, .can_discard = true}));
  disk plain(0);
  EXPECT_EQ(plain.block.info(), (v1::block_info{.sector_size = 512, .sectors = 1024}));
}

TEST(virtio_block, does_not_copy_what_is_written) {
  disk all(fake_disk::all);
  buffer_list list;
  for (int i = 0; i < 16; ++i) list.push_back(test::buffer_of(std::string(512, static_cast<char>('a' + i))));
  EXPECT_EQ(test::outcome(all.node.run(all.block.write(0, std::move(list)))), "ok");
  EXPECT_EQ(all.device.longest_chain, 18u);
}

TEST(virtio_block, copies_where_the_device_takes_one_piece) {
  disk plain(0);
  buffer_list list;
  list.push_back(test::buffer_of(std::string(500, 'a')));
  list.push_back(test::buffer_of(std::string(12, 'b')));
  EXPECT_EQ(test::outcome(plain.node.run(plain.block.write(3, std::move(list)))), "ok");
  EXPECT_EQ(plain.device.longest_chain, 3u);
  EXPECT_EQ(test::text_of(plain.node.run(plain.block.read(3, 1))),
            std::string(500, 'a') + std::string(12, 'b'));
}

TEST(virtio_block, refuses_more_than_the_device_takes_at_once) {
  disk small(features({1, 2, 28}));  // twenty segments of one kilobyte
  EXPECT_EQ(test::outcome(small.node.run(small.block.read(0, 40))), "ok");
  EXPECT_EQ(test::error_of(small.node.run(small.block.read(0, 41))), v1::block_error::no_memory);
  auto written = small.node.run(small.block.write(0, test::buffer_of(std::string(41 * 512, 'x'))));
  EXPECT_EQ(test::error_of(written), v1::block_error::no_memory);
}

TEST(virtio_block, flushes_only_a_device_that_has_a_cache) {
  disk cached(features({9}));
  EXPECT_EQ(test::outcome(cached.node.run(cached.block.flush())), "ok");
  EXPECT_EQ(cached.device.flushes, 1u);
  disk plain(0);
  EXPECT_EQ(test::outcome(plain.node.run(plain.block.flush())), "ok");
  EXPECT_EQ(plain.device.flushes, 0u);
}

TEST(virtio_block, says_that_the_device_failed_and_goes_on) {
  disk all(fake_disk::all);
  all.device.fails = true;
  EXPECT_EQ(test::error_of(all.node.run(all.block.read(0, 1))), v1::block_error::device_failed);
  EXPECT_EQ(test::error_of(all.node.run(all.block.flush())), v1::block_error::device_failed);
  all.device.fails = false;
  EXPECT_EQ(test::outcome(all.node.run(all.block.read(0, 1))), "ok");
}

task<> read_one(virtio::block& from, std::uint64_t sector, std::vector<std::string>& outcomes) {
  auto read = co_await from.read(sector, 1);
  outcomes.push_back(test::outcome(read));
}

TEST(virtio_block, more_operations_than_places_wait_for_their_turn) {
  disk all(fake_disk::all, 512, {.in_flight = 4});
  all.device.lazy = true;
  std::vector<std::string> outcomes;
  scope reading;
  for (unsigned i = 0; i < 10; ++i) ASSERT_TRUE(reading.spawn("read", read_one(all.block, i, outcomes)));
  all.node.settle();
  EXPECT_EQ(all.device.waiting(), 4u);
  EXPECT_EQ(all.device.notifications(), 1u) << "one doorbell for a round";
  all.device.work();
  all.node.settle();
  EXPECT_EQ(outcomes.size(), 4u);
  EXPECT_EQ(all.device.waiting(), 4u);
  all.device.lazy = false;
  all.device.work();
  all.node.settle();
  EXPECT_EQ(outcomes, std::vector<std::string>(10, "ok"));
}

TEST(virtio_block, the_memory_of_a_cancelled_read_stays_until_the_device_has_done) {
  disk all(fake_disk::all);
  all.device.lazy = true;
  std::vector<std::string> outcomes;
  {
    scope reading;
    ASSERT_TRUE(reading.spawn("read", read_one(all.block, 0, outcomes)));
    all.node.settle();
  }
  const std::size_t held = all.node.buffers.live();
  EXPECT_GT(held, 0u);
  all.device.lazy = false;
  all.device.work();
  all.node.settle();
  EXPECT_LT(all.node.buffers.live(), held);
  EXPECT_TRUE(outcomes.empty());
}

TEST(virtio_block, a_device_that_lies_is_reset_and_everybody_hears_it) {
  disk all(fake_disk::all);
  all.device.lazy = true;
  std::vector<std::string> outcomes;
  scope reading;
  for (unsigned i = 0; i < 200; ++i) ASSERT_TRUE(reading.spawn("read", read_one(all.block, i, outcomes)));
  all.node.settle();
  all.device.complete(0, 9999, 1);
  all.node.settle();
  EXPECT_FALSE(all.device.is_running());
  EXPECT_EQ(outcomes, std::vector<std::string>(200, "the device is gone"));
  EXPECT_EQ(test::error_of(all.node.run(all.block.flush())), v1::block_error::disconnected);
}

TEST(virtio_block, a_request_without_a_status_has_failed) {
  disk all(fake_disk::all);
  all.device.lazy = true;
  std::vector<std::string> outcomes;
  scope reading;
  ASSERT_TRUE(reading.spawn("read", read_one(all.block, 0, outcomes)));
  all.node.settle();
  all.device.complete(0, all.device.ring(0).take()->id, 0);
  all.node.settle();
  EXPECT_EQ(outcomes, std::vector<std::string>{"the device failed"});
}

TEST(virtio_block, stopping_does_not_wait_for_ever) {
  disk all(fake_disk::all);
  all.device.lazy = true;
  std::vector<std::string> outcomes;
  scope reading;
  ASSERT_TRUE(reading.spawn("read", read_one(all.block, 0, outcomes)));
  all.node.settle();
  const instant before = all.node.time();
  all.node.run(all.block.stop());
  EXPECT_LE(all.node.time() - before, 4s);
  all.node.settle();
  EXPECT_EQ(outcomes, std::vector<std::string>{"the device is gone"});
}

TEST(virtio_block, does_not_believe_in_impossible_sizes) {
  for (const auto& [offset, value, bytes] : std::vector<std::tuple<std::size_t, std::uint64_t, std::size_t>>{
           {0, UINT64_MAX, 8}, {20, 0, 4}, {20, 256, 4}, {20, 513, 4}, {20, 1U << 21U, 4}, {8, 100, 4}}) {
    test::virtual_node node;
    virtio::bus bus;
    fake_disk device(node, features({1, 2, 6}), size);
    device.set_field(offset, value, bytes);
    bus.add(device);
    virtio::block block("block_0", bus);
    EXPECT_EQ(test::error_of(node.run(block.start())), device_error::bad_layout) << offset << ": " << value;
  }
}

}  // namespace
}  // namespace mirage
