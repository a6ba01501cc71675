// SPDX-License-Identifier: ISC
#include <mirage/core/buffer_pool.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <vector>

#include <mirage/core/poison.hpp>
#include <mirage/test/virtual_node.hpp>

namespace mirage {
namespace {

void release(detail::buffer_storage* storage) {
  if (--storage->references == 0) storage->release(*storage);
}

constexpr std::size_t mib = std::size_t{1} << 20;

TEST(buffer_pool, rounds_up_to_its_classes) {
  buffer_pool pool(mib);
  for (const std::size_t size : {0U, 1U, 256U, 257U, 1024U, 1025U, 2048U, 4096U, 10000U, 65536U}) {
    detail::buffer_storage* storage = pool.allocate(size);
    ASSERT_NE(storage, nullptr);
    EXPECT_GE(storage->capacity, size);
    EXPECT_EQ(storage->references, 1U);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(storage->data) % 64, 0U)
        << "not at the beginning of a cache line";
    release(storage);
  }
}

TEST(buffer_pool, reuses_what_comes_back) {
  buffer_pool pool(mib);
  detail::buffer_storage* first = pool.allocate(1500);
  EXPECT_EQ(pool.live(), 1U);
  release(first);
  EXPECT_EQ(pool.live(), 0U);
  const auto growths = pool.growths();
  for (int i = 0; i < 1000; ++i) {
    detail::buffer_storage* again = pool.allocate(1100);
    EXPECT_EQ(again, first);
    release(again);
  }
  EXPECT_EQ(pool.growths(), growths);
}

TEST(buffer_pool, refuses_at_the_cap_and_counts_it) {
  buffer_pool pool(10 * (4096 + 64));
  std::vector<detail::buffer_storage*> all;
  while (detail::buffer_storage* storage = pool.allocate(4096)) all.push_back(storage);
  EXPECT_EQ(all.size(), 10U);
  EXPECT_EQ(pool.refused(), 1U);
  EXPECT_LE(pool.reserved(), 10U * (4096 + 64));
  release(all.back());
  EXPECT_EQ(pool.allocate(4096), all.back());
  for (detail::buffer_storage* storage : all) release(storage);
}

TEST(buffer_pool, at_the_cap_free_buffers_of_other_sizes_give_way) {
  buffer_pool pool(4 * (65536 + 64));
  std::vector<detail::buffer_storage*> large;
  while (detail::buffer_storage* storage = pool.allocate(65536)) large.push_back(storage);
  ASSERT_EQ(large.size(), 4U);
  EXPECT_EQ(pool.allocate(256), nullptr);
  for (detail::buffer_storage* storage : large) release(storage);
  std::vector<detail::buffer_storage*> small;
  while (detail::buffer_storage* storage = pool.allocate(256)) small.push_back(storage);
  EXPECT_GE(small.size(), 800U);
  EXPECT_LE(pool.reserved(), 4U * (65536 + 64));
  for (detail::buffer_storage* storage : small) release(storage);
}

TEST(buffer_pool, what_is_larger_than_every_class_goes_back_to_the_heap) {
  buffer_pool pool(mib);
  detail::buffer_storage* storage = pool.allocate(100'000);
  ASSERT_NE(storage, nullptr);
  EXPECT_EQ(storage->capacity, 100'000U);
  EXPECT_GE(pool.reserved(), 100'000U);
  release(storage);
  EXPECT_EQ(pool.reserved(), 0U);
  EXPECT_EQ(pool.allocate(2 * mib), nullptr);
}

TEST(buffer_pool, a_buffer_that_outlives_its_node_is_a_programmers_error) {
  EXPECT_DEATH_IF_SUPPORTED(
      {
        test::virtual_node node;
        std::optional<buffer_pool> pool(mib);
        detail::buffer_storage* storage = pool->allocate(1);
        ASSERT_NE(storage, nullptr);
        pool.reset();
      },
      "a buffer outlives the node that it came from");
}

#if defined(MIRAGE_ADDRESS_SANITIZER)
TEST(buffer_pool, the_sanitizer_sees_the_use_of_a_freed_buffer) {
  buffer_pool pool(mib);
  detail::buffer_storage* storage = pool.allocate(100);
  volatile std::byte* data = storage->data;
  release(storage);
  EXPECT_DEATH_IF_SUPPORTED(data[50] = std::byte{1}, "use-after-poison");
}
#endif

}  // namespace
}  // namespace mirage
