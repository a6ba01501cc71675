// SPDX-License-Identifier: ISC
#include "mirage/xen/block.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "fake_backends.hpp"
#include "mirage/core/scope.hpp"
#include "mirage/core/when.hpp"
#include "mirage/test/suites/block_suite.hpp"

namespace mirage {
namespace {

using test::fake_blkback;
using test::field16;
using test::outcome;
using xen::device_error;

constexpr std::size_t size = 128 * 4096;

/// A started disk on a fake back end.
struct disk {
  explicit disk(fake_blkback::offers offers, const xen::block_options& options = {})
      : device(domain, size, std::move(offers)), block("block_0", domain.bus, options) {
    EXPECT_EQ(outcome(node.run(block.start())), "ok");
  }
  ~disk() {
    node.run(block.stop());
    EXPECT_EQ(domain.hypervisor.shared(), 0u) << "pages stay shared";
    EXPECT_EQ(domain.hypervisor.lost(), 0u) << "the back end still used them";
  }

  test::fake_domain domain;
  test::virtual_node& node = domain.node;
  fake_blkback device;
  xen::block block;
};

fake_blkback::offers sealed() {
  auto offers = fake_blkback::all(size);
  offers["info"] = "4";
  return offers;
}

template <auto Offers, std::size_t Sector>
struct disks {
  using block = xen::block;
  static constexpr duration a_while = 1s;
  disks() { EXPECT_EQ(outcome(disk_.node.run(sealed_.start())), "ok"); }
  ~disks() { run(sealed_.stop()); }
  void run(task<> work) { disk_.node.run(std::move(work)); }
  block& device() { return disk_.block; }
  block& read_only() { return sealed_; }
  task<> crash() {
    disk_.device.crash();
    co_return;
  }

 private:
  disk disk_{Offers(Sector)};
  fake_blkback sealed_device_{disk_.domain, size, sealed(), 51728};
  block sealed_{"block_1", disk_.domain.bus};
};
fake_blkback::offers everything(std::size_t sector) { return fake_blkback::all(size, sector); }
fake_blkback::offers only_flush(std::size_t) {
  auto offers = fake_blkback::plain(size);
  offers["feature-barrier"] = "1";
  return offers;
}
using plain_disk = disks<&only_flush, 512>;
using full_disk = disks<&everything, 4096>;
MIRAGE_CONFORMANCE(block_suite, xen_plain, plain_disk);
MIRAGE_CONFORMANCE(block_suite, xen, full_disk);

TEST(xen_block, has_the_layout_of_the_device) {
  disk all(fake_blkback::all(size, 4096));
  EXPECT_EQ(all.block.info(), (v1::block_info{.sector_size = 4096, .sectors = 128, .can_discard = true}));
  EXPECT_EQ(all.device.offered_by_us("feature-persistent"), "1");
  EXPECT_EQ(all.device.offered_by_us("protocol"), "x86_64-abi");
  disk plain(fake_blkback::plain(size));
  EXPECT_EQ(plain.block.info(), (v1::block_info{.sector_size = 512, .sectors = 1024}));
  disk read_only(sealed());
  EXPECT_TRUE(read_only.block.info().read_only);
  EXPECT_FALSE(read_only.block.info().can_discard);
}

TEST(xen_block, refuses_sizes_that_cannot_be) {
  for (const auto& [key, value] :
       std::vector<std::pair<std::string, std::string>>{{"sector-size", "0"},
                                                        {"sector-size", "513"},
                                                        {"sector-size", "8192"},
                                                        {"sectors", "18446744073709551615"}}) {
    test::fake_domain domain;
    auto offers = fake_blkback::all(size);
    offers[key] = value;
    fake_blkback device(domain, size, offers);
    xen::block block("block_0", domain.bus);
    EXPECT_EQ(test::error_of(domain.node.run(block.start())), device_error::bad_layout) << key << value;
    EXPECT_EQ(domain.hypervisor.shared(), 0u);
  }
}

TEST(xen_block, is_found_by_name_by_number_or_in_order) {
  test::fake_domain domain;
  fake_blkback a(domain, size, fake_blkback::plain(size), 51712);
  fake_blkback b(domain, 2 * size, fake_blkback::plain(2 * size), 51728);
  fake_blkback c(domain, 3 * size, fake_blkback::plain(3 * size), 51744);
  xen::block named("block_0", domain.bus, {.which = "xvdb"});
  xen::block first("block_1", domain.bus);
  xen::block numbered("block_2", domain.bus, {.which = "51744"});
  xen::block nonsense("block_3", domain.bus, {.which = "nonsense"});
  for (xen::block* const each : {&named, &first, &numbered})
    EXPECT_EQ(outcome(domain.node.run(each->start())), "ok");
  EXPECT_EQ(test::error_of(domain.node.run(nonsense.start())), device_error::no_device);
  EXPECT_EQ(named.info().sectors, 2048u);
  EXPECT_EQ(first.info().sectors, 1024u);
  EXPECT_EQ(numbered.info().sectors, 3072u);
  for (xen::block* const each : {&named, &first, &numbered}) domain.node.run(each->stop());
}

TEST(xen_block, knows_the_numbers_of_names) {
  using xen::disk_number;
  EXPECT_EQ(disk_number("xvda"), 51712u);
  EXPECT_EQ(disk_number("xvda1"), 51713u);
  EXPECT_EQ(disk_number("xvdb"), 51728u);
  EXPECT_EQ(disk_number("xvdq"), (1U << 28U) | (16U << 8U));
  EXPECT_EQ(disk_number("sda"), 2048u);
  EXPECT_EQ(disk_number("hdc"), 5632u);
  for (const char* const bad : {"", "xvd", "xvda99999", "files", "hdz", "xvdA", "sd1"})
    EXPECT_FALSE(disk_number(bad).has_value()) << bad;
}

TEST(xen_block, long_operations_are_indirect_or_several) {
  for (const bool indirect : {true, false}) {
    disk all(indirect ? fake_blkback::all(size) : fake_blkback::plain(size));
    const std::string content = test::pattern(300 * 512);
    EXPECT_EQ(outcome(all.node.run(all.block.write(5, test::buffer_of(content)))), "ok");
    auto read = all.node.run(all.block.read(5, 300));
    EXPECT_TRUE(test::text_of(read) == content);
    EXPECT_EQ(all.device.most_segments, indirect ? 32u : 11u);
  }
}

TEST(xen_block, flushes_as_the_back_end_can) {
  for (const char* const key : {"feature-flush-cache", "feature-barrier"}) {
    auto offers = fake_blkback::plain(size);
    offers[key] = "1";
    disk all(offers);
    EXPECT_EQ(outcome(all.node.run(all.block.flush())), "ok");
    EXPECT_EQ(all.device.flushes, 1u) << key;
  }
  disk plain(fake_blkback::plain(size));
  EXPECT_EQ(outcome(plain.node.run(plain.block.flush())), "ok");
  EXPECT_EQ(plain.device.flushes, 0u);
}

TEST(xen_block, discards) {
  disk all(fake_blkback::all(size));
  EXPECT_EQ(outcome(all.node.run(all.block.discard(8, 8))), "ok");
  EXPECT_EQ(test::text_of(all.node.run(all.block.read(8, 1))), std::string(512, '\xdd'));
}

TEST(xen_block, says_what_the_back_end_could_not_do) {
  disk all(fake_blkback::all(size));
  all.device.fails = true;
  EXPECT_EQ(test::error_of(all.node.run(all.block.read(0, 1))), v1::block_error::device_failed);
  EXPECT_EQ(test::error_of(all.node.run(all.block.write(0, test::buffer_of(std::string(512, 'x'))))),
            v1::block_error::device_failed);
}

task<> read_one(xen::block& from, std::uint64_t sector, int& done) {
  auto read = co_await from.read(sector, 8);
  EXPECT_EQ(outcome(read), "ok");
  ++done;
}

TEST(xen_block, keeps_many_in_flight_and_the_others_wait) {
  disk all(fake_blkback::all(size));
  all.device.lazy = true;
  int done = 0;
  scope reading;
  for (std::uint64_t i = 0; i < 100; ++i)
    ASSERT_TRUE(reading.spawn("read", read_one(all.block, i, done)).has_value());
  all.node.settle();
  EXPECT_EQ(all.device.waiting(), 32u);
  while (all.device.waiting() != 0) {
    all.device.work();
    all.node.settle();
  }
  EXPECT_EQ(done, 100);
}

TEST(xen_block, waits_for_pages_when_they_are_few) {
  disk all(fake_blkback::all(size), {.pages = 12});
  all.device.lazy = true;
  int done = 0;
  scope reading;
  for (std::uint64_t i = 0; i < 20; ++i)
    ASSERT_TRUE(reading.spawn("read", read_one(all.block, i, done)).has_value());
  const std::string content = test::pattern(64 * 512);
  auto write = [](xen::block& to, const std::string& what, int& count) -> task<> {
    auto written = co_await to.write(100, test::buffer_of(what));
    EXPECT_EQ(outcome(written), "ok");
    ++count;
  };
  ASSERT_TRUE(reading.spawn("write", write(all.block, content, done)).has_value());
  all.node.settle();
  EXPECT_EQ(all.device.waiting(), 12u);
  while (all.device.waiting() != 0) {
    all.device.work();
    all.node.settle();
  }
  EXPECT_EQ(done, 21);
  all.device.lazy = false;
  EXPECT_TRUE(test::text_of(all.node.run(all.block.read(100, 64))) == content);
}

TEST(xen_block, cancelled_operations_give_their_pages_back) {
  disk all(fake_blkback::all(size), {.pages = 12});
  all.device.lazy = true;
  for (int round = 0; round < 5; ++round) {
    int done = 0;
    {
      scope reading;
      for (std::uint64_t i = 0; i < 20; ++i)
        ASSERT_TRUE(reading.spawn("read", read_one(all.block, i, done)).has_value());
      all.node.settle();
    }
    all.device.work();
    all.node.settle();
    EXPECT_EQ(done, 0);
  }
  all.device.lazy = false;
  EXPECT_EQ(outcome(all.node.run(all.block.read(0, 88))), "ok");
}

// ---- The other end goes away ---------------------------------------------------------------------------

task<> expect_disconnected(xen::block& from, int& done) {
  auto read = co_await from.read(0, 8);
  EXPECT_EQ(test::error_of(read), v1::block_error::disconnected);
  ++done;
}

TEST(xen_block, is_disconnected_while_the_back_end_is_away_and_comes_back) {
  disk all(fake_blkback::all(size));
  all.device.lazy = true;
  int done = 0;
  scope reading;
  for (int i = 0; i < 40; ++i)
    ASSERT_TRUE(reading.spawn("read", expect_disconnected(all.block, done)).has_value());
  all.node.settle();
  all.device.go_away();
  all.node.settle();
  EXPECT_EQ(done, 40);
  EXPECT_EQ(test::error_of(all.node.run(all.block.read(0, 1))), v1::block_error::disconnected);
  all.device.lazy = false;
  all.node.advance(3s);
  EXPECT_EQ(outcome(all.node.run(all.block.read(0, 1))), "ok");
}

task<> write_and_read(xen::block& on, std::uint64_t sector, int& done) {
  const std::string content = test::pattern(40 * 512, static_cast<unsigned>(sector));
  auto written = co_await on.write(sector, test::buffer_of(content));
  EXPECT_EQ(outcome(written), "ok");
  auto read = co_await on.read(sector, 40);
  EXPECT_TRUE(test::text_of(read) == content);
  ++done;
}

TEST(xen_block, what_was_in_flight_is_asked_again_after_a_resume) {
  disk all(fake_blkback::all(size));
  all.device.lazy = true;
  int done = 0;
  scope working;
  for (std::uint64_t i = 0; i < 20; ++i)
    ASSERT_TRUE(working.spawn("work", write_and_read(all.block, i * 40, done)).has_value());
  all.node.settle();
  EXPECT_GT(all.device.waiting(), 10u);
  all.device.lazy = false;
  all.device.begin_anew();
  all.domain.hypervisor.resume();
  EXPECT_EQ(all.domain.hypervisor.shared(), 0u);
  ASSERT_TRUE(working.spawn("late", write_and_read(all.block, 900, done)).has_value());
  all.domain.store.reconnect();
  all.node.advance(2s);
  EXPECT_EQ(done, 21);
}

TEST(xen_block, is_disconnected_when_it_does_not_come_back_after_a_resume) {
  disk all(fake_blkback::all(size));
  all.device.lazy = true;
  int done = 0;
  scope reading;
  for (int i = 0; i < 40; ++i)
    ASSERT_TRUE(reading.spawn("read", expect_disconnected(all.block, done)).has_value());
  all.node.settle();
  all.device.remove();
  all.domain.hypervisor.resume();
  all.domain.store.reconnect();
  all.node.advance(2s);
  EXPECT_EQ(done, 40);
}

TEST(xen_block, another_disk_in_its_place_is_not_used) {
  disk all(fake_blkback::all(size));
  all.device.layout["sectors"] = "8";
  all.device.go_away();
  all.node.advance(3s);
  EXPECT_EQ(test::error_of(all.node.run(all.block.read(0, 1))), v1::block_error::disconnected);
  EXPECT_EQ(all.device.offered_by_us("state"), "6");
}

// ---- A back end that breaks the rules ------------------------------------------------------------------

std::string response(std::uint64_t id) {
  std::string made(8, '\0');
  for (unsigned i = 0; i < 8; ++i) made[i] = static_cast<char>(id >> (8 * i));
  return made + std::string(4, '\0');
}

TEST(xen_block, broken_rules_close_the_device) {
  for (const std::uint64_t id : {std::uint64_t{1}, std::uint64_t{32}, UINT64_MAX, std::uint64_t{0xffff}}) {
    disk all(fake_blkback::all(size));
    all.device.lazy = true;
    int done = 0;
    scope reading;
    ASSERT_TRUE(reading.spawn("read", expect_disconnected(all.block, done)).has_value());
    all.node.settle();
    all.device.ring->put(response(id));
    static_cast<void>(all.device.ring->show());
    all.device.tell_frontend();
    all.node.advance(2s);
    EXPECT_EQ(done, 1) << id;
    EXPECT_EQ(all.device.offered_by_us("state"), "6");
    EXPECT_EQ(test::error_of(all.node.run(all.block.read(0, 1))), v1::block_error::disconnected);
  }
  disk jumping(fake_blkback::all(size));
  jumping.device.ring->set_index(1);
  jumping.device.tell_frontend();
  jumping.node.advance(2s);
  EXPECT_EQ(test::error_of(jumping.node.run(jumping.block.read(0, 1))), v1::block_error::disconnected);
}

}  // namespace
}  // namespace mirage
