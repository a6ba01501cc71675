// SPDX-License-Identifier: ISC
#include "mirage/freestanding/x86_64/pvh.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cstring>
#include <memory>
#include <new>

namespace {

namespace pvh = mirage::freestanding::pvh;

constexpr std::size_t page = 4096;

// A machine with sixteen pages of memory, whose image ends in the third.
class pvh_test : public ::testing::Test {
 protected:
  static constexpr std::size_t pages = 16;
  struct release_aligned {
    void operator()(std::byte* all) const { ::operator delete(all, std::align_val_t{page}); }
  };
  std::unique_ptr<std::byte, release_aligned> memory{
      static_cast<std::byte*>(::operator new(pages * page, std::align_val_t{page}))};

  std::uint64_t address(std::size_t offset) const {
    return std::bit_cast<std::uint64_t>(memory.get() + offset);
  }
  // What the loader says, from that place on.
  pvh::start_info& leave_at(std::size_t offset) {
    auto& info = *new (memory.get() + offset) pvh::start_info{};
    auto& map = *new (memory.get() + offset + 64) pvh::memory_map_entry{};
    map = {.address = address(0), .size = pages * page, .type = pvh::ordinary_memory, .reserved = 0};
    std::memcpy(memory.get() + offset + 128, "a=b", 4);
    info.magic = pvh::start_magic;
    info.version = 1;
    info.command_line = address(offset + 128);
    info.memory_map = address(offset + 64);
    info.memory_map_entries = 1;
    return info;
  }
  const std::uint64_t image_end = address(2 * page + 100);
};

TEST_F(pvh_test, memory_begins_with_the_page_behind_the_image) {
  const auto free = pvh::free_memory(leave_at(0), image_end);
  EXPECT_EQ(free.data(), memory.get() + 3 * page);
  EXPECT_EQ(free.size(), 13 * page);
}

TEST_F(pvh_test, spares_what_the_loader_left_behind_the_image) {
  const auto& info = leave_at(3 * page);
  const auto free = pvh::free_memory(info, image_end);
  EXPECT_EQ(free.data(), memory.get() + 4 * page);
  EXPECT_EQ(free.size(), 12 * page);
  EXPECT_EQ(pvh::command_line(info), "a=b");
}

TEST_F(pvh_test, spares_what_the_loader_left_at_the_end) {
  const auto free = pvh::free_memory(leave_at(15 * page), image_end);
  EXPECT_EQ(free.data(), memory.get() + 3 * page);
  EXPECT_EQ(free.size(), 12 * page);
}

TEST_F(pvh_test, there_is_none_without_a_map) {
  auto& info = leave_at(0);
  info.version = 0;
  EXPECT_TRUE(pvh::free_memory(info, image_end).empty());
}

TEST_F(pvh_test, takes_only_ordinary_memory) {
  auto& info = leave_at(0);
  new (memory.get() + 64)
      pvh::memory_map_entry{.address = address(0), .size = pages * page, .type = 2, .reserved = 0};
  EXPECT_TRUE(pvh::free_memory(info, image_end).empty());
}

TEST_F(pvh_test, a_command_line_may_be_missing) {
  auto& info = leave_at(0);
  info.command_line = 0;
  EXPECT_EQ(pvh::command_line(info), "");
  EXPECT_EQ(pvh::free_memory(info, image_end).size(), 13 * page);
}

}  // namespace
