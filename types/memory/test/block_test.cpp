// SPDX-License-Identifier: ISC
#include "mirage/memory/block.hpp"

#include "mirage/test/suites/block_suite.hpp"
#include "virtual_subject.hpp"

namespace mirage {
namespace {

template <std::uint32_t Sector, bool Discards, std::int64_t Milliseconds>
struct disks : test::virtual_subject {
  using block = memory::block;
  ~disks() {
    run(disk_.stop());
    run(sealed_.stop());
  }
  block& device() { return disk_; }
  block& read_only() { return sealed_; }
  task<> crash() {
    disk_.crash();
    co_return;
  }

 private:
  static constexpr memory::block_options options{
      .sector_size = Sector, .sectors = 100, .can_discard = Discards, .latency = Milliseconds * 1ms};
  static constexpr memory::block_options sealed{.sector_size = Sector, .sectors = 100, .read_only = true};
  block disk_{options};
  block sealed_{sealed, "sealed"};
};

using plain_disk = disks<512, false, 0>;
using slow_disk = disks<4096, true, 7>;
MIRAGE_CONFORMANCE(block_suite, memory, plain_disk);
MIRAGE_CONFORMANCE(block_suite, memory_slow, slow_disk);

task<> read_bad_sectors(memory::block& disk) {
  disk.go_bad(10, 2);
  auto before = co_await disk.read(8, 2);
  EXPECT_EQ(test::outcome(before), "ok");
  auto touching = co_await disk.read(9, 2);
  EXPECT_EQ(test::error_of(touching), v1::block_error::device_failed);
  auto behind = co_await disk.read(12, 1);
  EXPECT_EQ(test::outcome(behind), "ok");
  disk.go_bad(0, 0);
  auto mended = co_await disk.read(9, 2);
  EXPECT_EQ(test::outcome(mended), "ok");
}

TEST(memory_block, goes_bad_in_places) {
  test::virtual_node node;
  memory::block disk;
  node.run(read_bad_sectors(disk));
}

task<> read_one(memory::block& disk, std::vector<std::string>& outcomes) {
  auto read = co_await disk.read(0, 1);
  outcomes.push_back(test::outcome(read));
}

TEST(memory_block, takes_its_time_and_refuses_beyond_its_cap) {
  test::virtual_node node;
  memory::block disk({.latency = 5ms, .in_flight = 2});
  std::vector<std::string> outcomes;
  scope reading;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(reading.spawn("read", read_one(disk, outcomes)).has_value());
  node.settle();
  EXPECT_EQ(outcomes, std::vector<std::string>{"no memory for the operation"});
  node.advance(4ms);
  EXPECT_EQ(outcomes.size(), 1u);
  node.advance(2ms);
  EXPECT_EQ(outcomes, (std::vector<std::string>{"no memory for the operation", "ok", "ok"}));
}

TEST(memory_block_death, must_not_be_destroyed_while_it_works) {
  EXPECT_DEATH_IF_SUPPORTED(
      {
        test::virtual_node node;
        memory::block disk({.latency = 5ms});
        std::vector<std::string> outcomes;
        scope reading;
        static_cast<void>(reading.spawn("read", read_one(disk, outcomes)));
        node.settle();
        reading.cancel();
      },
      "await stop\\(\\) first");
}

}  // namespace
}  // namespace mirage
