// SPDX-License-Identifier: ISC
#include "mirage/solo5/block.hpp"

#include <string>
#include <utility>

#include "fake_tender.hpp"
#include "mirage/test/suites/block_suite.hpp"

namespace mirage {
namespace {

using solo5::entry_type;
using test::fake_tender;

template <std::uint32_t Sector>
struct solo5_disks {
  using block = solo5::block;
  static constexpr duration a_while = 1s;

  solo5_disks() {
    tender.disk.resize(100 * Sector);
    tender.attach(entry_type::block, "storage").block_size = Sector;
    EXPECT_TRUE(tender.run(device_.start()));
  }
  void run(task<> work) { tender.run(std::move(work)); }
  solo5::block& device() { return device_; }

  fake_tender tender;

 private:
  solo5::block device_{"block_0", "storage"};
};
using small_sectors = solo5_disks<512>;
using large_sectors = solo5_disks<4096>;
MIRAGE_CONFORMANCE(block_suite, solo5, small_sectors);
MIRAGE_CONFORMANCE(block_suite, solo5_large_sectors, large_sectors);

task<> read_and_write_bad_sectors(solo5::block& disk) {
  auto read = co_await disk.read(8, 3);
  EXPECT_EQ(test::error_of(read), v1::block_error::device_failed);
  auto written = co_await disk.write(10, test::buffer_of(std::string(512, 'x')));
  EXPECT_EQ(test::error_of(written), v1::block_error::device_failed);
  auto behind = co_await disk.read(11, 1);
  EXPECT_EQ(test::outcome(behind), "ok");
}

TEST(solo5_block, says_what_the_host_says) {
  small_sectors subject;
  subject.tender.bad_blocks = {10};
  subject.run(read_and_write_bad_sectors(subject.device()));
}

task<> read_without_memory(solo5::block& disk) {
  auto read = co_await disk.read(0, 1);
  EXPECT_EQ(test::error_of(read), v1::block_error::no_memory);
}

TEST(solo5_block, refuses_what_there_is_no_memory_for) {
  small_sectors subject;
  subject.tender.buffers.set_limit(0);
  subject.run(read_without_memory(subject.device()));
}

TEST(solo5_block, does_not_start_where_nothing_is_attached) {
  fake_tender tender;
  tender.attach(entry_type::network, "storage");
  solo5::block alone("block_0", "storage");
  const auto started = tender.run(alone.start());
  EXPECT_EQ(test::error_of(started), solo5::device_error::not_attached);
}

}  // namespace
}  // namespace mirage
