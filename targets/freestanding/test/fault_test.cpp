// SPDX-License-Identifier: ISC
#include "mirage/freestanding/x86_64/fault.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bit>

namespace {

using mirage::cbytes;
using mirage::freestanding::words_for;

constexpr std::uint64_t page_fault = 14;
enum error : std::uint64_t { there = 1, write = 2, fetch = 16 };

std::string_view words(std::uint64_t error, std::uint64_t address) {
  return words_for({page_fault, error, address}, {});
}

TEST(words_for, page_faults) {
  EXPECT_EQ(words(there | write, 0x101000), "it wrote to read-only memory");
  EXPECT_EQ(words(there | fetch, 0x101000), "it jumped to data");
  EXPECT_EQ(words(fetch, 0x7000'0000), "it jumped to memory that is not there");
  EXPECT_EQ(words(fetch, 0), "it called a null pointer");
  EXPECT_EQ(words(write, 8), "it followed a null pointer");
  EXPECT_EQ(words(write, 0x7000'0000), "it touched memory that is not there");
}

TEST(words_for, the_page_below_a_stack) {
  const std::array<std::byte, 4096> guard{};
  const std::array<cbytes, 2> guards{cbytes{}, guard};
  const auto address = std::bit_cast<std::uintptr_t>(guard.data()) + 4000;
  EXPECT_EQ(words_for({page_fault, write, address}, guards), "its stack overflowed");
  EXPECT_NE(words_for({page_fault, write, address + 4096}, guards), "its stack overflowed");
}

TEST(words_for, every_vector_has_some) {
  for (std::uint64_t vector = 0; vector < 256; ++vector)
    EXPECT_TRUE(words_for({vector, 0, 0}, {}).starts_with("it ") ||
                words_for({vector, 0, 0}, {}).starts_with("the "));
}

}  // namespace
