// SPDX-License-Identifier: ISC
#include <mirage/core/frame_pool.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <random>
#include <set>
#include <utility>
#include <vector>

namespace mirage {
namespace {

constexpr std::size_t kib = 1024;

TEST(frame_pool, takes_nothing_before_the_first_frame) {
  const frame_pool pool(kib * kib);
  EXPECT_EQ(pool.reserved(), 0U);
  EXPECT_EQ(pool.growths(), 0U);
  EXPECT_FALSE(pool.scarce());
}

TEST(frame_pool, gives_aligned_memory_of_every_size) {
  frame_pool pool(kib * kib * 64);
  std::vector<std::pair<void*, std::size_t>> frames;
  for (std::size_t size = 1; size < 5000; size += 7) {
    void* memory = pool.allocate(size);
    ASSERT_NE(memory, nullptr);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory) % alignof(std::max_align_t), 0U) << size;
    std::memset(memory, static_cast<int>(size), size);
    frames.emplace_back(memory, size);
  }
  EXPECT_EQ(pool.live(), frames.size());
  for (const auto& [memory, size] : frames) {
    const auto* bytes = static_cast<const unsigned char*>(memory);
    EXPECT_EQ(bytes[0], static_cast<unsigned char>(size)) << "two frames overlap";
    EXPECT_EQ(bytes[size - 1], static_cast<unsigned char>(size)) << "two frames overlap";
    pool.release(memory, size);
  }
  EXPECT_EQ(pool.live(), 0U);
  EXPECT_EQ(pool.used(), 0U);
}

TEST(frame_pool, a_freed_frame_serves_the_next_of_its_class) {
  frame_pool pool(kib * kib);
  void* first = pool.allocate(100);
  pool.release(first, 100);
  EXPECT_EQ(pool.allocate(112), first);
  EXPECT_NE(pool.allocate(112), first);
  pool.release(first, 112);
}

TEST(frame_pool, asks_for_no_memory_in_the_steady_state) {
  frame_pool pool(kib * kib * 16);
  std::mt19937 random(1);
  std::vector<std::pair<void*, std::size_t>> frames;
  const auto churn = [&] {
    for (int i = 0; i < 2000; ++i) {
      const std::size_t size = 64 + random() % 4 * 48;
      frames.emplace_back(pool.allocate(size), size);
    }
    for (const auto& [memory, size] : std::exchange(frames, {})) pool.release(memory, size);
  };
  for (int i = 0; i < 5; ++i) churn();
  const std::uint64_t growths = pool.growths();
  const std::size_t reserved = pool.reserved();
  for (int i = 0; i < 50; ++i) churn();
  // Which sizes come is random, so a little more may be needed once.
  EXPECT_LE(pool.growths(), growths + 1);
  EXPECT_LE(pool.reserved(), reserved + kib * kib);
}

TEST(frame_pool, refuses_at_the_cap_and_counts_it) {
  constexpr std::size_t cap = 100 * kib;
  frame_pool pool(cap);
  std::vector<void*> frames;
  while (void* memory = pool.allocate(160)) frames.push_back(memory);
  EXPECT_LE(pool.reserved(), cap);
  EXPECT_GE(frames.size() * 160, cap - 2 * kib) << "the cap was not made use of";
  EXPECT_EQ(pool.refused(), 1U);
  EXPECT_EQ(pool.allocate(3 * kib), nullptr);
  EXPECT_EQ(pool.refused(), 2U);
  pool.release(frames.back(), 160);
  EXPECT_EQ(pool.allocate(160), frames.back());
  for (void* memory : frames) pool.release(memory, 160);
}

TEST(frame_pool, is_scarce_when_an_eighth_is_left_and_only_then) {
  frame_pool pool(80 * kib);
  std::vector<void*> frames;
  while (!pool.scarce()) {
    frames.push_back(pool.allocate(kib));
    ASSERT_NE(frames.back(), nullptr);
  }
  EXPECT_NEAR(static_cast<double>(frames.size()), 71, 1);
  EXPECT_NE(pool.allocate(64), nullptr) << "those who run must be able to call";
  for (void* memory : frames) pool.release(memory, kib);
  EXPECT_FALSE(pool.scarce()) << "a peak that is over must not refuse anybody";
}

TEST(frame_pool, at_the_cap_large_free_frames_serve_small_ones) {
  frame_pool pool(64 * kib);
  std::vector<void*> large;
  while (void* memory = pool.allocate(kib)) large.push_back(memory);
  for (void* memory : large) pool.release(memory, kib);
  std::set<void*> small;
  while (void* memory = pool.allocate(96)) {
    std::memset(memory, 1, 96);
    EXPECT_TRUE(small.insert(memory).second);
  }
  EXPECT_GE(small.size() * 96, large.size() * kib - 4 * kib);
  for (void* memory : small) pool.release(memory, 96);
  EXPECT_EQ(pool.used(), 0U);
}

TEST(frame_pool, large_frames_come_from_the_heap_and_go_back) {
  frame_pool pool(64 * kib);
  void* memory = pool.allocate(40 * kib);
  ASSERT_NE(memory, nullptr);
  EXPECT_GE(pool.reserved(), 40 * kib);
  EXPECT_EQ(pool.allocate(40 * kib), nullptr);
  pool.release(memory, 40 * kib);
  EXPECT_EQ(pool.reserved(), 0U);
}

TEST(frame_pool, a_lower_limit_takes_nothing_away) {
  frame_pool pool(64 * kib);
  void* memory = pool.allocate(100);
  pool.set_limit(0);
  EXPECT_TRUE(pool.scarce());
  EXPECT_EQ(pool.allocate(3 * kib), nullptr);
  pool.release(memory, 100);
  EXPECT_EQ(pool.allocate(100), memory);
  pool.release(memory, 100);
}

#if defined(MIRAGE_ADDRESS_SANITIZER)
TEST(frame_pool, the_sanitizer_sees_the_use_of_a_freed_frame) {
  frame_pool pool(64 * kib);
  auto* memory = static_cast<volatile char*>(pool.allocate(100));
  pool.release(const_cast<char*>(memory), 100);
  EXPECT_DEATH_IF_SUPPORTED(memory[50] = 1, "use-after-poison");
}
#endif

}  // namespace
}  // namespace mirage
