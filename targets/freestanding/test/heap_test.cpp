// SPDX-License-Identifier: ISC
#include "mirage/freestanding/heap.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

namespace {

using mirage::freestanding::heap;

class heap_test : public ::testing::Test {
 protected:
  static constexpr std::size_t size = std::size_t{4} * 1024 * 1024;
  struct release_aligned {
    void operator()(std::byte* all) const { ::operator delete(all, std::align_val_t{heap::page_size}); }
  };
  std::unique_ptr<std::byte, release_aligned> room{
      static_cast<std::byte*>(::operator new(size, std::align_val_t{heap::page_size}))};
  heap memory{mirage::bytes(room.get(), size)};
};

struct block {
  void* start;
  std::size_t size;
  unsigned char mark;
};

bool is_aligned(const void* pointer, std::size_t alignment) {
  return std::bit_cast<std::uintptr_t>(pointer) % alignment == 0;
}

bool holds(const block& each) {
  const auto* const bytes = static_cast<const unsigned char*>(each.start);
  return std::all_of(bytes, bytes + each.size, [&](unsigned char byte) { return byte == each.mark; });
}

TEST_F(heap_test, gives_nearly_all_of_its_memory) {
  EXPECT_GT(memory.capacity(), size / 100 * 99);
  void* const all = memory.allocate(memory.capacity());
  EXPECT_NE(all, nullptr);
  EXPECT_EQ(memory.allocate(1), nullptr);
  memory.release(all);
  EXPECT_EQ(memory.used(), 0U);
}

TEST_F(heap_test, aligns_as_asked) {
  for (std::size_t alignment = 1; alignment <= 64 * 1024; alignment *= 2) {
    for (const std::size_t wanted : {1U, 24U, 100U, 500U, 5000U, 10'000U}) {
      void* const found = memory.allocate(wanted, alignment);
      ASSERT_NE(found, nullptr);
      EXPECT_TRUE(is_aligned(found, std::max(alignment, heap::block_alignment)))
          << wanted << " by " << alignment;
    }
  }
}

TEST_F(heap_test, wastes_at_most_a_fifth_of_a_small_block_and_a_page_of_a_large_one) {
  for (std::size_t wanted = 128; wanted < 100'000; wanted += 97) {
    const std::size_t before = memory.used();
    void* const found = memory.allocate(wanted);
    const std::size_t took = memory.used() - before;
    EXPECT_GE(took, wanted);
    EXPECT_LE(took, wanted <= 8192 ? wanted * 5 / 4 + 16 : wanted + heap::page_size);
    memory.release(found);
  }
}

TEST_F(heap_test, refuses_what_cannot_be) {
  EXPECT_EQ(memory.allocate(size), nullptr);
  EXPECT_EQ(memory.allocate(SIZE_MAX), nullptr);
  EXPECT_EQ(memory.allocate(SIZE_MAX, 64), nullptr);
  EXPECT_EQ(memory.allocate(1, std::size_t{1} << 40), nullptr);
  memory.release(nullptr);
  EXPECT_EQ(memory.used(), 0U);
}

TEST_F(heap_test, merges_what_is_given_back_in_any_order) {
  constexpr std::size_t count = 64;
  std::vector<void*> parts;
  const std::size_t each = memory.capacity() / count / heap::page_size * heap::page_size;
  for (std::size_t i = 0; i < count; ++i) parts.push_back(memory.allocate(each));
  std::shuffle(parts.begin(), parts.end(), std::minstd_rand(1));
  for (void* const part : parts) memory.release(part);
  void* const all = memory.allocate(memory.capacity());
  EXPECT_NE(all, nullptr);
}

TEST_F(heap_test, small_blocks_do_not_keep_large_ones_out_when_they_are_gone) {
  std::vector<void*> small;
  for (void* one = memory.allocate(48); one != nullptr; one = memory.allocate(48)) small.push_back(one);
  EXPECT_GT(small.size() * 48, memory.capacity() / 10 * 9);
  for (void* const one : small) memory.release(one);
  EXPECT_NE(memory.allocate(memory.capacity()), nullptr);
}

// A server: many sizes and lifetimes at two thirds of the memory, for long.
TEST_F(heap_test, does_not_fragment_under_load) {
  std::minstd_rand random(7);
  std::vector<block> live;
  const std::size_t target = memory.capacity() / 3 * 2;
  std::size_t refused = 0;
  for (unsigned step = 0; step < 200'000; ++step) {
    if (memory.used() < target) {
      const unsigned shift = random() % 11;
      const std::size_t wanted = 1 + random() % (std::size_t{16} << shift);
      const auto mark = static_cast<unsigned char>(step);
      void* const found = memory.allocate(wanted);
      if (found == nullptr) {
        ++refused;
      } else {
        std::memset(found, mark, wanted);
        live.push_back({found, wanted, mark});
      }
    } else {
      std::swap(live[random() % live.size()], live.back());
      ASSERT_TRUE(holds(live.back()));
      memory.release(live.back().start);
      live.pop_back();
    }
  }
  EXPECT_EQ(refused, 0U);
  for (const block& each : live) {
    ASSERT_TRUE(holds(each));
    memory.release(each.start);
  }
  EXPECT_EQ(memory.used(), 0U);
  EXPECT_NE(memory.allocate(memory.capacity()), nullptr);
}

TEST_F(heap_test, notices_memory_that_is_given_back_twice) {
  void* const large = memory.allocate(100'000);
  memory.release(large);
  EXPECT_DEATH(memory.release(large), "not in use");
  void* const small = memory.allocate(100);
  EXPECT_DEATH(memory.release(static_cast<std::byte*>(small) + 8), "not in use");
  EXPECT_DEATH(memory.release(this), "not in use");
}

}  // namespace
