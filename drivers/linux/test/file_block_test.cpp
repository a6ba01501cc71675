// SPDX-License-Identifier: ISC
#include <mirage/linux/file_block.hpp>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <mirage/core/sleep.hpp>
#include <mirage/core/when.hpp>
#include <mirage/test/suites/block_suite.hpp>

#include "temporary_folder.hpp"
#include "test_host.hpp"

namespace mirage {
namespace {

using engine = file_block_options::engine;
using test::temporary_folder;
using test::test_host;

constexpr std::size_t disk_size = 1 << 20;

// ---- The suite, over both engines, past the page cache and through it ---------------------------------

template <engine By, bool Direct, std::uint32_t SectorSize>
struct file_subject {
  using block = file_block;
  static constexpr duration a_while = 100ms;

  file_subject() {
    folder.write("disk", std::string(disk_size, '\0'));
    disk = std::make_unique<file_block>(
        "block_0", folder / "disk",
        file_block_options{.sector_size = SectorSize, .direct = Direct, .by = By});
    fixed = std::make_unique<file_block>(
        "block_1", folder / "disk",
        file_block_options{.sector_size = SectorSize, .read_only = true, .direct = Direct, .by = By});
    for (file_block* each : {disk.get(), fixed.get()}) {
      auto begin = [each]() -> task<> {
        auto started = co_await each->start();
        require(started.has_value(), "the disk cannot be started");
      };
      run(begin());
    }
    EXPECT_EQ(disk->uses_ring(), By == engine::ring);
  }
  ~file_subject() {
    run(disk->stop());
    run(fixed->stop());
  }
  void run(task<> work) { host.run(std::move(work), 30s); }
  file_block& device() { return *disk; }
  file_block& read_only() { return *fixed; }

  test_host host;
  temporary_folder folder;
  std::unique_ptr<file_block> disk;
  std::unique_ptr<file_block> fixed;
};

using ring_subject = file_subject<engine::ring, true, 512>;
using cached_ring_subject = file_subject<engine::ring, false, 4096>;
using threads_subject = file_subject<engine::threads, true, 4096>;
using cached_threads_subject = file_subject<engine::threads, false, 512>;

}  // namespace

namespace test {
namespace {
MIRAGE_CONFORMANCE(block_suite, file_ring, ring_subject);
MIRAGE_CONFORMANCE(block_suite, file_cached_ring, cached_ring_subject);
MIRAGE_CONFORMANCE(block_suite, file_threads, threads_subject);
MIRAGE_CONFORMANCE(block_suite, file_cached_threads, cached_threads_subject);
}  // namespace
}  // namespace test

// ---- What only a file has --------------------------------------------------------------------------------

namespace {

class file_block_test : public testing::TestWithParam<engine> {
 protected:
  file_block_test() { folder.write("disk", std::string(disk_size, '\0')); }

  task<> with_disk(file_block_options options, auto body) {
    options.by = GetParam();
    file_block disk("block_0", folder / "disk", options);
    auto started = co_await disk.start();
    EXPECT_TRUE(started);
    if (!started) co_return;
    co_await body(disk);
    co_await disk.stop();
  }
  auto start_of(const std::string& path, const file_block_options& options = {}) {
    auto start = [&]() -> task<result<void, file_block_error>> {
      file_block disk("block_0", path, options);
      co_return co_await disk.start();
    };
    return host.run(start());
  }
  test_host host;
  temporary_folder folder;
  std::string lacks_;
  alignas(4096) static constexpr char odd_[1024] = {};
};

INSTANTIATE_TEST_SUITE_P(engines, file_block_test, testing::Values(engine::ring, engine::threads),
                         [](const auto& engine_of) {
                           return engine_of.param == engine::ring ? "ring" : "threads";
                         });

TEST_P(file_block_test, says_why_it_cannot_start) {
  folder.write("tiny", "less than a sector");
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(start_of(folder / "nothing").error(), file_block_error::not_found);
  EXPECT_EQ(start_of(folder.path().string()).error(), file_block_error::not_a_disk);
  EXPECT_EQ(start_of(folder / "tiny").error(), file_block_error::too_small);
  EXPECT_EQ(start_of(folder / "pipe").error(), file_block_error::not_a_disk);
  EXPECT_NE(host.console.find(folder / "nothing"), std::string::npos) << "the log names the file";
}

TEST_P(file_block_test, the_file_has_what_was_written) {
  auto body = [&](file_block& disk) -> task<> {
    auto written = co_await disk.write(3, test::buffer_of(std::string(512, 'x')));
    EXPECT_TRUE(written);
  };
  host.run(with_disk({}, body));
  const std::string content = folder.read("disk");
  EXPECT_EQ(content.size(), disk_size) << "the size stays";
  EXPECT_EQ(content.find('x'), 3U * 512);
  EXPECT_EQ(content.rfind('x'), 4U * 512 - 1);
}

TEST_P(file_block_test, a_rest_that_is_no_sector_is_left_alone) {
  folder.write("disk", std::string(3 * 4096 + 100, 'r'));
  auto body = [&](file_block& disk) -> task<> {
    EXPECT_EQ(disk.info().sectors, 3U);
    auto read = co_await disk.read(2, 2);
    EXPECT_EQ(read.error(), v1::block_error::out_of_range);
    read = co_await disk.read(2, 1);
    EXPECT_EQ(read->size(), 4096U);
  };
  host.run(with_disk({.sector_size = 4096}, body));
}

TEST_P(file_block_test, aligned_buffers_are_written_without_a_copy) {
  auto body = [&](file_block& disk) -> task<> {
    if (!disk.is_direct()) lacks_ = "the file system of the temporary folder has no direct I/O";
    if (!lacks_.empty()) co_return;
    // What comes from the disk is aligned as the disk wants it.
    auto read = co_await disk.read(0, 8);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(read->data()) % 4096, 0U);
    auto written = co_await disk.write(8, *std::move(read));
    EXPECT_TRUE(written);
    EXPECT_EQ(host.counted("block_copied_writes_total"), 0U);
    written = co_await disk.write(8, buffer::from_static(as_bytes(std::string_view(odd_ + 1, 512))));
    EXPECT_TRUE(written);
    EXPECT_EQ(host.counted("block_copied_writes_total"), 1U);
  };
  host.run(with_disk({}, body));
  if (!lacks_.empty()) GTEST_SKIP() << lacks_;
}

TEST_P(file_block_test, what_was_read_outlives_the_disk) {
  folder.write("disk", std::string(disk_size, 'k'));
  buffer kept;
  auto body = [&](file_block& disk) -> task<> {
    auto read = co_await disk.read(1, 2);
    kept = *std::move(read);
  };
  host.run(with_disk({}, body));
  EXPECT_EQ(kept.text(), std::string(1024, 'k'));
  EXPECT_TRUE(kept.unique());
}

TEST_P(file_block_test, beyond_the_caps_operations_are_refused_and_counted) {
  int done = 0;
  int refused = 0;
  auto body = [&](file_block& disk) -> task<> {
    auto read = [&](std::uint32_t count) -> task<> {
      auto got = co_await disk.read(0, count);
      if (got) ++done;
      if (!got && got.error() == v1::block_error::no_memory) ++refused;
    };
    scope all;
    for (int i = 0; i < 10; ++i) (void)all.spawn(read, 1U);
    co_await all.join();
    EXPECT_EQ(done, 4);
    EXPECT_EQ(refused, 6);
    (void)all.spawn(read, 1024U);  // more than the memory that it may have
    co_await all.join();
    EXPECT_EQ(refused, 7);
    (void)all.spawn(read, 1U);
    co_await all.join();
    EXPECT_EQ(done, 5);
    EXPECT_EQ(host.counted("block_refused_total"), 7U);
  };
  host.run(with_disk({.in_flight = 4, .memory = 128 * 1024}, body));
}

TEST_P(file_block_test, memory_serves_again) {
  auto body = [&](file_block& disk) -> task<> {
    for (int i = 0; i < 1000; ++i) {
      auto read = co_await disk.read(0, 64);
      EXPECT_TRUE(read);
    }
  };
  host.run(with_disk({.memory = 32 * 1024}, body));
}

TEST_P(file_block_test, a_file_that_became_shorter_is_a_failure_and_not_the_end) {
  auto body = [&](file_block& disk) -> task<> {
    std::filesystem::resize_file(folder.path() / "disk", 4096);
    auto read = co_await disk.read(100, 1);
    EXPECT_EQ(read.error(), v1::block_error::device_failed);
    read = co_await disk.read(0, 1);
    EXPECT_TRUE(read);
    EXPECT_EQ(host.counted("block_failed_total"), 1U);
  };
  host.run(with_disk({}, body));
}

TEST_P(file_block_test, discarding_gives_the_room_back) {
  folder.write("disk", std::string(disk_size, 'd'));
  auto body = [&](file_block& disk) -> task<> {
    if (!disk.info().can_discard) lacks_ = "the file system of the temporary folder cannot punch holes";
    if (!lacks_.empty()) co_return;
    auto flushed = co_await disk.flush();
    EXPECT_TRUE(flushed);
    struct stat before{};
    struct stat after{};
    ::stat((folder / "disk").c_str(), &before);
    auto discarded = co_await disk.discard(0, disk_size / 512);
    EXPECT_TRUE(discarded);
    ::stat((folder / "disk").c_str(), &after);
    EXPECT_LT(after.st_blocks, before.st_blocks);
    EXPECT_EQ(after.st_size, before.st_size);
  };
  host.run(with_disk({}, body));
  if (!lacks_.empty()) GTEST_SKIP() << lacks_;
}

TEST_P(file_block_test, no_descriptor_is_left_open) {
  auto body = [&](file_block& disk) -> task<> { (void)co_await disk.read(0, 1); };
  host.run(with_disk({}, body));
  const unsigned before = test::open_descriptors();
  for (int i = 0; i < 10; ++i) host.run(with_disk({}, body));
  EXPECT_LE(test::open_descriptors(), before + 1);  // the kernel frees a ring a little later
}

TEST_P(file_block_test, being_destroyed_with_operations_in_flight_is_an_error) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  auto body = [&]() -> task<> {
    file_block disk("block_0", folder / "disk", {.by = GetParam()});
    (void)co_await disk.start();
    scope reading;
    auto read = [&]() -> task<> { (void)co_await disk.read(0, 1); };
    (void)reading.spawn(read);
    co_await yield();
  };
  EXPECT_DEATH(host.run(body()), "in flight");
}

TEST(file_block, takes_the_ring_where_it_is_allowed) {
  test_host host;
  const temporary_folder folder;
  folder.write("disk", std::string(disk_size, '\0'));
  auto work = [&]() -> task<> {
    file_block disk("block_0", folder / "disk");
    auto started = co_await disk.start();
    EXPECT_TRUE(started);
    auto read = co_await disk.read(0, 1);
    EXPECT_TRUE(read) << "by whichever engine";
    co_await disk.stop();
  };
  host.run(work());
}

}  // namespace
}  // namespace mirage
