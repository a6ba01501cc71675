// SPDX-License-Identifier: ISC
// The calls of hvt against a monitor that reads and writes the unikernel's memory as Solo5's does.
#include "mirage/solo5/hvt.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace mirage::solo5 {
namespace {

template <class T>
T load(std::uint64_t address) {
  T value;
  std::memcpy(&value, std::bit_cast<const void*>(address), sizeof value);
  return value;
}

/// The layouts are spelled out here as offsets, so that they are held by something else than the header.
struct fake_monitor {
  void operator()(hvt::call number, void* argument) {
    numbers.push_back(static_cast<unsigned>(number));
    auto* const at = static_cast<std::byte*>(argument);
    const auto word = [at](std::size_t offset) {
      return load<std::uint64_t>(std::bit_cast<std::uint64_t>(at + offset));
    };
    const auto put64 = [at](std::size_t offset, std::uint64_t value) { std::memcpy(at + offset, &value, 8); };
    const auto put32 = [at](std::size_t offset, std::int32_t value) { std::memcpy(at + offset, &value, 4); };
    switch (numbers.back()) {
      case 1: put64(0, 1'234'567'890); break;
      case 2: console.append(std::bit_cast<const char*>(word(0)), word(8)); break;
      case 3:
        timeout = word(0);
        put64(8, ready);
        put32(16, answer);
        break;
      case 4:
      case 5:
        handle = word(0);
        offset = word(8);
        size = word(24);
        if (numbers.back() == 5) std::memset(std::bit_cast<void*>(word(16)), 0x5a, size);
        if (numbers.back() == 4) taken.assign(std::bit_cast<const char*>(word(16)), size);
        put32(32, answer);
        break;
      case 6:
        handle = word(0);
        taken.assign(std::bit_cast<const char*>(word(8)), word(16));
        put32(24, answer);
        break;
      case 7:
        handle = word(0);
        if (answer == 0) {
          std::memcpy(std::bit_cast<void*>(word(8)), frame.data(),
                      std::min<std::size_t>(frame.size(), word(16)));
          put64(16, frame.size());
        }
        put32(24, answer);
        break;
      case 8:
        cookie = word(0);
        std::memcpy(&status, at + 8, 4);
        break;
      default: ADD_FAILURE() << "there is no call " << numbers.back();
    }
  }
  std::vector<unsigned> numbers;
  std::string console;
  std::string taken;
  std::string frame;
  std::uint64_t timeout = 0;
  std::uint64_t ready = 0;
  std::uint64_t handle = 0;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint64_t cookie = 1;
  std::int32_t status = -1;
  std::int32_t answer = 0;
};

TEST(solo5_hvt, the_boot_information_lies_as_the_monitor_writes_it) {
  EXPECT_EQ(offsetof(hvt::boot_info, kernel_end), 8U);
  EXPECT_EQ(offsetof(hvt::boot_info, cycle_frequency), 16U);
  EXPECT_EQ(offsetof(hvt::boot_info, command_line), 24U);
  EXPECT_EQ(offsetof(hvt::boot_info, manifest), 32U);
  EXPECT_EQ(offsetof(hvt::boot_info, host_features), 40U);
  EXPECT_EQ(offsetof(hvt::boot_info, network_ring), 48U);
}

TEST(solo5_hvt, cycles_become_nanoseconds) {
  EXPECT_EQ(hvt::time_of(0, 3'000'000'000), 0ns);
  EXPECT_EQ(hvt::time_of(3, 3'000'000'000), 1ns);
  EXPECT_EQ(hvt::time_of(7'500'000'000, 3'000'000'000), 2'500ms);
  EXPECT_EQ(hvt::time_of(std::uint64_t{1} << 62, 4'294'967'296), duration{1'073'741'824s});
}

TEST(solo5_hvt, clock_console_and_end) {
  fake_monitor monitor;
  EXPECT_EQ(hvt::read_wall(monitor), wall_time{duration{1'234'567'890}});
  hvt::put(monitor, "hello");
  EXPECT_EQ(monitor.console, "hello");
  hvt::halt(monitor, 64);
  EXPECT_EQ(monitor.status, 64);
  EXPECT_EQ(monitor.cookie, 0U);
  EXPECT_EQ(monitor.numbers, (std::vector<unsigned>{1, 2, 8}));
}

TEST(solo5_hvt, a_poll_says_who_is_ready_and_has_a_bound) {
  fake_monitor monitor;
  monitor.ready = 0b110;
  EXPECT_EQ(hvt::poll(monitor, 5us), 0b110U);
  EXPECT_EQ(monitor.timeout, 5000U);
  EXPECT_EQ(hvt::poll(monitor, -1s), 0b110U);
  EXPECT_EQ(monitor.timeout, 0U);
  EXPECT_EQ(hvt::poll(monitor, duration::max()), 0b110U);
  EXPECT_EQ(monitor.timeout, 3'600'000'000'000U);
  monitor.answer = hvt::unspecified;
  EXPECT_EQ(hvt::poll(monitor, 5us), 0U);
}

TEST(solo5_hvt, frames_go_one_a_call) {
  fake_monitor monitor;
  monitor.frame = "a frame";
  const attached_device net{.handle = 3, .type = entry_type::network};
  std::array<std::byte, 32> room{};
  EXPECT_EQ(hvt::network_read(monitor, net, room), 7U);
  EXPECT_EQ(as_text(room).substr(0, 7), "a frame");
  EXPECT_EQ(monitor.handle, 3U);
  EXPECT_TRUE(hvt::network_write(monitor, net, as_bytes("out")));
  EXPECT_EQ(monitor.taken, "out");
  monitor.answer = hvt::again;
  EXPECT_EQ(hvt::network_read(monitor, net, room), fail(call_error::again));
  EXPECT_EQ(hvt::network_write(monitor, net, room).error(), call_error::again);
  monitor.answer = hvt::invalid;
  EXPECT_EQ(hvt::network_read(monitor, net, room), fail(call_error::failed));
}

TEST(solo5_hvt, a_frame_longer_than_the_room_is_not_believed) {
  fake_monitor monitor;
  monitor.frame = std::string(100, 'x');
  const attached_device net{.handle = 3, .type = entry_type::network};
  std::array<std::byte, 32> room{};
  EXPECT_EQ(hvt::network_read(monitor, net, room), fail(call_error::failed));
}

TEST(solo5_hvt, blocks_go_whole) {
  fake_monitor monitor;
  const attached_device disk{.handle = 1, .capacity = 8192, .block_size = 512};
  std::array<std::byte, 512> block{};
  EXPECT_TRUE(hvt::block_transfer(monitor, hvt::call::block_read, disk, 1024, block.data()));
  EXPECT_EQ(block[511], std::byte{0x5a});
  EXPECT_EQ(monitor.offset, 1024U);
  EXPECT_EQ(monitor.size, 512U);
  EXPECT_TRUE(hvt::block_transfer(monitor, hvt::call::block_write, disk, 0, block.data()));
  EXPECT_EQ(monitor.taken, std::string(512, '\x5a'));
  EXPECT_EQ(monitor.numbers, (std::vector<unsigned>{5, 4}));
  monitor.answer = hvt::unspecified;
  EXPECT_EQ(hvt::block_transfer(monitor, hvt::call::block_read, disk, 0, block.data()).error(),
            call_error::failed);
}

}  // namespace
}  // namespace mirage::solo5
