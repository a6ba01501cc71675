// SPDX-License-Identifier: ISC
// Where `operator new` and `malloc` of a bare machine get their memory: runs of pages, found by length and
// merged with their neighbours when they are given back, and slabs of equal blocks for what is small. Every
// operation is a bounded number of steps.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "mirage/core/bytes.hpp"

namespace mirage::freestanding {

class heap {
 public:
  static constexpr std::size_t page_size = 4096;
  /// Every block is aligned to this.
  static constexpr std::size_t block_alignment = 16;

  /// `memory` must be aligned to `page_size` and stay for as long as the heap; its beginning is used for a
  /// map of its pages. What was never allocated is never touched.
  explicit heap(bytes memory) noexcept;
  heap(const heap&) = delete;
  heap& operator=(const heap&) = delete;

  /// Null where there is no room. `alignment` is a power of two. Nobody clears the block.
  [[nodiscard]] void* allocate(std::size_t size, std::size_t alignment = block_alignment) noexcept;

  /// Null is allowed. What never came from here, or has been given back before, stops the unikernel where
  /// that can be seen.
  void release(void* block) noexcept;

  /// Bytes that can be allocated at all, those that are, as rounded up to blocks, and the most that ever
  /// were.
  [[nodiscard]] std::size_t capacity() const noexcept { return std::size_t{page_count_} * page_size; }
  [[nodiscard]] std::size_t used() const noexcept { return used_; }
  [[nodiscard]] std::size_t peak() const noexcept { return peak_; }

 private:
  using index = std::uint32_t;  // of a page, or none
  static constexpr index none = UINT32_MAX;

  enum class role : std::uint8_t { free_run, large_run, slab, slab_rest };

  // The first and the last page of a run know its length; of a slab every page knows where it begins.
  struct page {
    index next;      // in a list, first pages only: free runs of like length, slabs with a free block
    index previous;  //
    index length;    // of the run; of a `slab_rest`, how many pages back the slab begins
    std::uint16_t first_free;
    std::uint16_t live;
    role is;
    std::uint8_t size_class;
  };

  static constexpr std::size_t linear_classes = 8;
  static constexpr std::size_t classes = 32;
  static constexpr std::size_t largest_small = 8192;
  static constexpr std::size_t exact_bins = 32;
  static constexpr std::size_t bins = exact_bins + 27 * 4;

  static std::size_t class_of(std::size_t size) noexcept;
  static std::size_t size_of_class(std::size_t which) noexcept;
  static index pages_of_class(std::size_t which) noexcept;
  static std::size_t bin_of(index length) noexcept;

  [[nodiscard]] std::byte* address_of(index first) const noexcept {
    return base_ + std::size_t{first} * page_size;
  }
  void* allocate_small(std::size_t which) noexcept;
  void* allocate_large(std::size_t size, std::size_t alignment) noexcept;
  void release_small(index slab, std::byte* block) noexcept;
  index make_slab(std::size_t which) noexcept;
  bool drop_empty_slabs() noexcept;

  index take_run(index length) noexcept;
  index find_run(index length) const noexcept;
  void give_run(index first, index length) noexcept;
  void mark_run(index first, index length, role is) noexcept;
  void insert(index& list, index first) noexcept;
  void remove(index& list, index first) noexcept;
  void insert_free(index first, index length) noexcept;
  void remove_free(index first) noexcept;

  page* pages_;
  std::byte* base_;
  index page_count_;
  index frontier_ = 0;  // pages from here on were never used, or were given back
  std::array<index, classes> open_slabs_;
  std::array<index, bins> free_runs_;
  std::array<std::uint64_t, (bins + 63) / 64> filled_bins_{};
  std::size_t used_ = 0;
  std::size_t peak_ = 0;
};

}  // namespace mirage::freestanding
