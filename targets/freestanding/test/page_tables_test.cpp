// SPDX-License-Identifier: ISC
#include "mirage/freestanding/x86_64/page_tables.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace {

using mirage::freestanding::access;
using mirage::freestanding::heap;
using mirage::freestanding::page_tables;

constexpr std::uint64_t small = 4096;
constexpr std::uint64_t large = 2 * 1024 * 1024;

class page_tables_test : public ::testing::Test {
 protected:
  static constexpr std::size_t size = std::size_t{1024} * 1024;
  struct release_aligned {
    void operator()(std::byte* all) const { ::operator delete(all, std::align_val_t{heap::page_size}); }
  };
  std::unique_ptr<std::byte, release_aligned> room{
      static_cast<std::byte*>(::operator new(size, std::align_val_t{heap::page_size}))};
  heap memory{mirage::bytes(room.get(), size)};
  page_tables pages{memory};
};

TEST_F(page_tables_test, nothing_is_mapped_at_first) {
  EXPECT_EQ(pages.at(0), access::none);
  EXPECT_EQ(pages.at(0xfee0'0000), access::none);
}

TEST_F(page_tables_test, maps_the_pages_that_a_range_touches) {
  pages.map(small + 10, small, access::read);
  EXPECT_EQ(pages.at(small - 1), access::none);
  EXPECT_EQ(pages.at(small), access::read);
  EXPECT_EQ(pages.at(3 * small - 1), access::read);
  EXPECT_EQ(pages.at(3 * small), access::none);
}

TEST_F(page_tables_test, every_access_is_what_it_was) {
  for (const access how : {access::read, access::read_write, access::execute, access::device, access::none}) {
    pages.map(16 * small, small, how);
    EXPECT_EQ(pages.at(16 * small), how);
    pages.map(4 * large, large, how);
    EXPECT_EQ(pages.at(4 * large + 5 * small), how);
  }
}

TEST_F(page_tables_test, a_gigabyte_takes_one_table_of_large_pages) {
  const std::size_t before = memory.used();
  pages.map(0, 512 * large, access::read_write);
  EXPECT_EQ(memory.used() - before, 2 * small);
  EXPECT_EQ(pages.at(511 * large), access::read_write);
}

TEST_F(page_tables_test, a_part_of_a_large_page_can_be_something_else) {
  pages.map(0, 4 * large, access::read_write);
  pages.map(large + 7 * small, small, access::none);
  pages.map(large + 9 * small, 2 * small, access::execute);
  EXPECT_EQ(pages.at(large + 6 * small), access::read_write);
  EXPECT_EQ(pages.at(large + 7 * small), access::none);
  EXPECT_EQ(pages.at(large + 8 * small), access::read_write);
  EXPECT_EQ(pages.at(large + 10 * small), access::execute);
  EXPECT_EQ(pages.at(large + 11 * small), access::read_write);
  EXPECT_EQ(pages.at(2 * large), access::read_write);
}

TEST_F(page_tables_test, reaches_high_addresses) {
  constexpr std::uint64_t high = 0x7fff'ffff'f000;
  pages.map(high, small, access::device);
  EXPECT_EQ(pages.at(high), access::device);
  EXPECT_EQ(pages.at(high - small), access::none);
}

TEST_F(page_tables_test, no_device_lies_where_memory_is) {
  pages.map(large, large, access::read_write);
  EXPECT_TRUE(pages.map_device(3 * large, 2 * small));
  EXPECT_EQ(pages.at(3 * large + small), access::device);
  EXPECT_TRUE(pages.map_device(3 * large, 3 * small)) << "again";
  EXPECT_FALSE(pages.map_device(large - small, 2 * small));
  EXPECT_EQ(pages.at(large - small), access::none) << "nothing of it is mapped";
  EXPECT_FALSE(pages.map_device(2 * large - 1, 2));
  EXPECT_EQ(pages.at(large), access::read_write);
}

TEST_F(page_tables_test, no_device_lies_where_no_address_is) {
  EXPECT_TRUE(pages.map_device(0x7fff'ffff'f000, small));
  EXPECT_FALSE(pages.map_device(0x7fff'ffff'f000, 2 * small));
  EXPECT_FALSE(pages.map_device(UINT64_MAX - small, 2 * small));
}

}  // namespace
