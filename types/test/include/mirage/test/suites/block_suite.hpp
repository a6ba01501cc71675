// SPDX-License-Identifier: ISC
// `v1::block`: what is read back, bounds and alignment, many operations in flight, cancelled ones, what
// survives the loss of power, discarding and read-only disks.
//
// The subject, besides what suite.hpp asks for:
//   using block = ...;    the implementation under test
//   block& device();      one that can be written to, of 64 sectors at least
//   block& read_only();   one that cannot; optional
//   task<> crash();       the power fails and comes back, `device()` is the disk afterwards; optional
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "mirage/core/scope.hpp"
#include "mirage/core/sleep.hpp"
#include "mirage/core/when.hpp"
#include "mirage/test/suites/suite.hpp"

namespace mirage::test {

template <class Subject>
class block_suite {
  using block = typename Subject::block;
  static_assert(v1::block<block>);

 public:
  explicit block_suite(Subject& made) : subject(made) {}
  Subject& subject;
  static constexpr duration a_while = Subject::a_while;

  void it_is_a_device_with_sectors() {
    expect_device(subject.device());
    const v1::block_info info = subject.device().info();
    EXPECT_TRUE(std::has_single_bit(info.sector_size));
    EXPECT_GE(info.sector_size, 512u);
    EXPECT_GE(info.sectors, 64u);
    EXPECT_FALSE(info.read_only);
    EXPECT_EQ(info, subject.device().info());
  }

  task<> what_is_written_is_read_back() {
    for (const std::uint64_t first : {std::uint64_t{0}, std::uint64_t{7}, sectors() - 3}) {
      const std::string content = sector_pattern(3, static_cast<unsigned>(first));
      auto written = co_await subject.device().write(first, buffer_of(content));
      EXPECT_EQ(outcome(written), "ok");
      auto read = co_await subject.device().read(first, 3);
      EXPECT_TRUE(text_of(read) == content) << "from sector " << first;
    }
  }

  task<> a_write_leaves_its_neighbours_alone() {
    const std::string before = sector_pattern(5, 1);
    auto prepared = co_await subject.device().write(10, buffer_of(before));
    EXPECT_EQ(outcome(prepared), "ok");
    const std::string changed = sector_pattern(1, 2);
    auto written = co_await subject.device().write(12, buffer_of(changed));
    EXPECT_EQ(outcome(written), "ok");
    auto read = co_await subject.device().read(10, 5);
    const std::size_t sector = sector_size();
    EXPECT_TRUE(text_of(read) == before.substr(0, 2 * sector) + changed + before.substr(3 * sector));
  }

  task<> a_list_is_gathered() {
    // The parts need not be whole sectors: only the total has to be.
    const std::string content = sector_pattern(4, 3);
    buffer_list list;
    for (std::size_t at = 0, length = 1; at < content.size(); at += length, length = length * 3 + 1)
      list.push_back(buffer_of(std::string_view(content).substr(at, length)));
    auto written = co_await subject.device().write(20, std::move(list));
    EXPECT_EQ(outcome(written), "ok");
    auto read = co_await subject.device().read(20, 4);
    EXPECT_TRUE(text_of(read) == content);
  }

  task<> beyond_the_end_is_out_of_range() {
    constexpr std::uint64_t far_away = std::numeric_limits<std::uint64_t>::max();
    for (const std::uint64_t first : {sectors(), sectors() - 1, far_away - 1, far_away, far_away / 512}) {
      auto read = co_await subject.device().read(first, 2);
      EXPECT_EQ(error_of(read), v1::block_error::out_of_range) << "reading from " << first;
      auto written = co_await subject.device().write(first, buffer_of(sector_pattern(2, 0)));
      EXPECT_EQ(error_of(written), v1::block_error::out_of_range) << "writing to " << first;
      auto discarded = co_await subject.device().discard(first, 2);
      EXPECT_EQ(error_of(discarded), v1::block_error::out_of_range) << "discarding from " << first;
    }
    auto all = co_await subject.device().discard(1, far_away);
    EXPECT_EQ(error_of(all), v1::block_error::out_of_range);
    auto last = co_await subject.device().read(sectors() - 1, 1);
    EXPECT_EQ(outcome(last), "ok") << "after an error the disk goes on";
  }

  task<> less_than_whole_sectors_is_misaligned() {
    auto written = co_await subject.device().write(0, buffer_of(std::string(sector_size() + 1, 'x')));
    EXPECT_EQ(error_of(written), v1::block_error::misaligned);
    buffer_list list;
    list.push_back(buffer_of(sector_pattern(1, 1)));
    list.push_back(buffer_of("x"));
    written = co_await subject.device().write(0, std::move(list));
    EXPECT_EQ(error_of(written), v1::block_error::misaligned);
  }

  task<> no_sectors_are_no_error() {
    auto read = co_await subject.device().read(0, 0);
    EXPECT_EQ(text_of(read), "");
    auto written = co_await subject.device().write(0, buffer{});
    EXPECT_EQ(outcome(written), "ok");
    auto no_parts = co_await subject.device().write(0, buffer_list{});
    EXPECT_EQ(outcome(no_parts), "ok");
    auto discarded = co_await subject.device().discard(0, 0);
    EXPECT_EQ(outcome(discarded), "ok");
  }

  task<> many_operations_are_in_flight() {
    scope all;
    int done = 0;
    for (unsigned i = 0; i < 32; ++i)
      MIRAGE_CO_ASSERT(all.spawn("operation", write_and_read(i, done)).has_value());
    co_await all.join();
    EXPECT_EQ(done, 32);
  }

  task<> what_was_read_stays_what_it_was() {
    const std::string before = sector_pattern(1, 5);
    auto written = co_await subject.device().write(3, buffer_of(before));
    auto read = co_await subject.device().read(3, 1);
    written = co_await subject.device().write(3, buffer_of(sector_pattern(1, 6)));
    EXPECT_EQ(outcome(written), "ok");
    EXPECT_TRUE(text_of(read) == before);
  }

  task<> a_cancelled_read_only_detaches() {
    const std::string content = sector_pattern(8, 7);
    auto written = co_await subject.device().write(16, buffer_of(content));
    EXPECT_EQ(outcome(written), "ok");
    for (int rounds = 0; rounds < 4; ++rounds) {
      scope reading;
      for (int i = 0; i < 4; ++i) MIRAGE_CO_ASSERT(reading.spawn("reader", read_and_drop(16, 8)).has_value());
      for (int i = 0; i < rounds; ++i) co_await yield();
      reading.cancel();
    }
    auto read = co_await subject.device().read(16, 8);
    EXPECT_TRUE(text_of(read) == content);
  }

  task<> a_cancelled_write_is_carried_out() {
    const std::string content = sector_pattern(2, 8);
    buffer kept = buffer_of(content);
    {
      scope writing;
      MIRAGE_CO_ASSERT(writing.spawn("writer", write_and_drop(24, kept.share())).has_value());
      co_await yield();  // it has begun
    }
    auto read = co_await subject.device().read(24, 2);
    // Reads and writes in flight are not ordered: wait until it must be there.
    for (int i = 0; i < 100 && text_of(read) != content; ++i) {
      co_await sleep_for(a_while / 100);
      read = co_await subject.device().read(24, 2);
    }
    EXPECT_TRUE(text_of(read) == content);
    for (int i = 0; i < 100 && !kept.unique(); ++i) co_await sleep_for(a_while / 100);
    EXPECT_TRUE(kept.unique()) << "the buffer is given back when the disk has taken it";
  }

  task<> a_flush_is_done() {
    auto written = co_await subject.device().write(1, buffer_of(sector_pattern(1, 9)));
    EXPECT_EQ(outcome(written), "ok");
    auto flushed = co_await subject.device().flush();
    EXPECT_EQ(outcome(flushed), "ok");
    auto again = co_await subject.device().flush();
    EXPECT_EQ(outcome(again), "ok");
  }

  task<> discarding_leaves_the_others_alone() {
    const std::string content = sector_pattern(6, 10);
    auto written = co_await subject.device().write(30, buffer_of(content));
    EXPECT_EQ(outcome(written), "ok");
    auto discarded = co_await subject.device().discard(32, 2);
    EXPECT_EQ(outcome(discarded), "ok");
    auto read = co_await subject.device().read(30, 6);
    MIRAGE_CO_ASSERT(read.has_value() && read->size() == content.size());
    const std::size_t sector = sector_size();
    EXPECT_TRUE(read->text().substr(0, 2 * sector) == content.substr(0, 2 * sector));
    EXPECT_TRUE(read->text().substr(4 * sector) == content.substr(4 * sector));
    if (!subject.device().info().can_discard) {
      EXPECT_TRUE(read->text() == content) << "it says that it cannot discard";
    }
    auto rewritten = co_await subject.device().write(32, buffer_of(sector_pattern(2, 11)));
    EXPECT_EQ(outcome(rewritten), "ok");
    auto again = co_await subject.device().read(32, 2);
    EXPECT_TRUE(text_of(again) == sector_pattern(2, 11));
  }

  task<> a_flushed_write_survives_the_loss_of_power() {
    const std::string content = sector_pattern(3, 12);
    auto written = co_await subject.device().write(40, buffer_of(content));
    EXPECT_EQ(outcome(written), "ok");
    auto flushed = co_await subject.device().flush();
    EXPECT_EQ(outcome(flushed), "ok");
    co_await subject.crash();
    auto read = co_await subject.device().read(40, 3);
    EXPECT_TRUE(text_of(read) == content);
  }

  task<> an_unflushed_sector_is_the_old_or_the_new_after_the_loss_of_power() {
    const std::string old = sector_pattern(4, 13);
    const std::string fresh = sector_pattern(4, 14);
    auto written = co_await subject.device().write(44, buffer_of(old));
    auto flushed = co_await subject.device().flush();
    EXPECT_EQ(outcome(flushed), "ok");
    written = co_await subject.device().write(44, buffer_of(fresh));
    EXPECT_EQ(outcome(written), "ok");
    co_await subject.crash();
    auto read = co_await subject.device().read(44, 4);
    MIRAGE_CO_ASSERT(read.has_value());
    const std::size_t sector = sector_size();
    for (std::size_t at = 0; at < old.size(); at += sector) {
      const std::string_view found = read->text().substr(at, sector);
      EXPECT_TRUE(found == old.substr(at, sector) || found == fresh.substr(at, sector)) << "byte " << at;
    }
  }

  task<> a_read_only_disk_refuses_to_write() {
    block& disk = subject.read_only();
    EXPECT_TRUE(disk.info().read_only);
    auto written = co_await disk.write(0, buffer_of(std::string(disk.info().sector_size, 'x')));
    EXPECT_EQ(error_of(written), v1::block_error::read_only);
    auto discarded = co_await disk.discard(0, 1);
    EXPECT_EQ(error_of(discarded), v1::block_error::read_only);
    auto read = co_await disk.read(0, 1);
    MIRAGE_CO_ASSERT(read.has_value());
    EXPECT_EQ(read->size(), disk.info().sector_size);
    auto flushed = co_await disk.flush();
    EXPECT_EQ(outcome(flushed), "ok");
  }

  static std::vector<suite_test<block_suite>> tests() {
    std::vector<suite_test<block_suite>> all{
        MIRAGE_SUITE_TEST(block_suite, it_is_a_device_with_sectors),
        MIRAGE_SUITE_TEST(block_suite, what_is_written_is_read_back),
        MIRAGE_SUITE_TEST(block_suite, a_write_leaves_its_neighbours_alone),
        MIRAGE_SUITE_TEST(block_suite, a_list_is_gathered),
        MIRAGE_SUITE_TEST(block_suite, beyond_the_end_is_out_of_range),
        MIRAGE_SUITE_TEST(block_suite, less_than_whole_sectors_is_misaligned),
        MIRAGE_SUITE_TEST(block_suite, no_sectors_are_no_error),
        MIRAGE_SUITE_TEST(block_suite, many_operations_are_in_flight),
        MIRAGE_SUITE_TEST(block_suite, what_was_read_stays_what_it_was),
        MIRAGE_SUITE_TEST(block_suite, a_cancelled_read_only_detaches),
        MIRAGE_SUITE_TEST(block_suite, a_cancelled_write_is_carried_out),
        MIRAGE_SUITE_TEST(block_suite, a_flush_is_done),
        MIRAGE_SUITE_TEST(block_suite, discarding_leaves_the_others_alone),
    };
    if constexpr (requires(Subject& s) { s.crash(); }) {
      all.push_back(MIRAGE_SUITE_TEST(block_suite, a_flushed_write_survives_the_loss_of_power));
      all.push_back(
          MIRAGE_SUITE_TEST(block_suite, an_unflushed_sector_is_the_old_or_the_new_after_the_loss_of_power));
    }
    if constexpr (requires(Subject& s) { s.read_only(); })
      all.push_back(MIRAGE_SUITE_TEST(block_suite, a_read_only_disk_refuses_to_write));
    return all;
  }

 private:
  [[nodiscard]] std::size_t sector_size() const { return subject.device().info().sector_size; }
  [[nodiscard]] std::uint64_t sectors() const { return subject.device().info().sectors; }
  [[nodiscard]] std::string sector_pattern(std::size_t count, unsigned seed) const {
    return pattern(count * sector_size(), seed + 100);
  }
  task<> write_and_read(unsigned number, int& done) {
    const std::string content = sector_pattern(1, number);
    auto written = co_await subject.device().write(number, buffer_of(content));
    EXPECT_EQ(outcome(written), "ok");
    auto read = co_await subject.device().read(number, 1);
    EXPECT_TRUE(text_of(read) == content) << "sector " << number;
    ++done;
  }
  task<> read_and_drop(std::uint64_t first, std::uint32_t count) {
    auto read = co_await subject.device().read(first, count);
    EXPECT_EQ(outcome(read), "ok");
  }
  task<> write_and_drop(std::uint64_t first, buffer data) {
    auto written = co_await subject.device().write(first, std::move(data));
    EXPECT_EQ(outcome(written), "ok");
  }
};

}  // namespace mirage::test
