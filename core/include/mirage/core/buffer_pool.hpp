// SPDX-License-Identifier: ISC
// Memory for buffers: a few size classes on free lists, with a cap on the whole.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace mirage {

namespace detail {

/// The reference-counted memory behind buffers. What owns it gives `release`, called when the last buffer
/// goes; drivers make their own kind over a ring's memory.
struct buffer_storage {
  using release_function = void (*)(buffer_storage&) noexcept;
  std::uint32_t references;
  std::uint32_t capacity;
  std::byte* data;
  release_function release;
};

}  // namespace detail

class buffer_pool {
 public:
  /// `limit` bounds the bytes in use and on the free lists together, headers included.
  explicit buffer_pool(std::size_t limit) noexcept : limit_(limit) {}
  buffer_pool(const buffer_pool&) = delete;
  buffer_pool& operator=(const buffer_pool&) = delete;
  /// Every buffer must have been released.
  ~buffer_pool();

  /// One reference, at least `size` bytes of capacity; null at the cap, which is counted in `refused()`.
  [[nodiscard]] detail::buffer_storage* allocate(std::size_t size) noexcept;

  [[nodiscard]] std::size_t reserved() const noexcept { return reserved_; }
  [[nodiscard]] std::size_t live() const noexcept { return live_; }
  [[nodiscard]] std::uint64_t growths() const noexcept { return growths_; }
  [[nodiscard]] std::uint64_t refused() const noexcept { return refused_; }
  void set_limit(std::size_t limit) noexcept { limit_ = limit; }

  static constexpr std::array<std::uint32_t, 6> class_sizes{256, 1024, 2048, 4096, 16384, 65536};

 private:
  struct block : detail::buffer_storage {
    buffer_pool* pool;
    block* next;
    std::uint32_t size_class;
  };
  static constexpr std::uint32_t unpooled = class_sizes.size();
  // The header's room keeps the data aligned to a cache line.
  static constexpr std::size_t header = 64;
  static_assert(sizeof(block) <= header);

  static void give_back(detail::buffer_storage& storage) noexcept;
  block* take_free(block*& first) noexcept;
  void give_to_heap(block* unused) noexcept;
  bool make_room(std::size_t wanted) noexcept;

  std::array<block*, class_sizes.size()> free_{};
  std::size_t limit_;
  std::size_t reserved_ = 0;
  std::size_t live_ = 0;
  std::uint64_t growths_ = 0;
  std::uint64_t refused_ = 0;
};

}  // namespace mirage
