// SPDX-License-Identifier: ISC
// Memory for coroutine frames: size classes on free lists, grown in chunks that are never given back, with a
// cap at which new tasks are refused long before the machine's memory is gone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "mirage/core/poison.hpp"

namespace mirage {

class frame_pool {
 public:
  /// `limit` bounds the bytes of all chunks. Nothing is allocated before the first frame.
  explicit frame_pool(std::size_t limit) noexcept { set_limit(limit); }
  frame_pool(const frame_pool&) = delete;
  frame_pool& operator=(const frame_pool&) = delete;
  ~frame_pool();

  /// Null at the cap, which is counted in `refused()`. The memory is aligned as `std::max_align_t` is.
  [[nodiscard]] void* allocate(std::size_t size) noexcept {
    const std::size_t which = class_of(size);
    if (which < free_.size()) [[likely]] {
      if (free_block* block = free_[which]) [[likely]] {
        detail::unpoison(block, which * step);
        free_[which] = block->next;
        used_ += which * step;
        ++live_;
        return block;
      }
    }
    return allocate_fresh(size);
  }
  void release(void* memory, std::size_t size) noexcept {
    const std::size_t which = class_of(size);
    if (which >= free_.size()) [[unlikely]]
      return release_large(memory, size);
    used_ -= which * step;
    --live_;
    put_free(memory, which);
  }

  /// True when less than an eighth is left for more frames: spawning is refused, so that the tasks which run
  /// can still call.
  [[nodiscard]] bool scarce() const noexcept { return used_ > plenty_; }
  [[nodiscard]] std::size_t live() const noexcept { return live_; }
  /// Bytes of the live frames, and of all memory that was asked for.
  [[nodiscard]] std::size_t used() const noexcept { return used_; }
  [[nodiscard]] std::size_t reserved() const noexcept { return reserved_; }
  /// How often memory had to be asked for: constant in the steady state.
  [[nodiscard]] std::uint64_t growths() const noexcept { return growths_; }
  [[nodiscard]] std::uint64_t refused() const noexcept { return refused_; }
  /// Takes nothing away that is in use already.
  void set_limit(std::size_t limit) noexcept {
    limit_ = limit;
    plenty_ = limit - limit / 8;
  }

 private:
  struct free_block {
    free_block* next;
  };
  struct chunk {
    chunk* next;
    std::size_t size;
  };
  static constexpr std::size_t step = 16;
  static constexpr std::size_t classes = 129;  // up to 2 KiB; larger frames are rare and go to the heap
  static constexpr std::size_t class_of(std::size_t size) noexcept { return (size + step - 1) / step; }

  void put_free(void* memory, std::size_t which) noexcept {
    auto* block = static_cast<free_block*>(memory);
    block->next = free_[which];
    free_[which] = block;
    detail::poison(block, which * step);
  }
  void* allocate_fresh(std::size_t size) noexcept;
  void* allocate_by_splitting(std::size_t which) noexcept;
  void* allocate_large(std::size_t size) noexcept;
  void release_large(void* memory, std::size_t size) noexcept;
  bool grow(std::size_t block) noexcept;

  std::array<free_block*, classes> free_{};
  // Not side by side: counted together, in one wide access after two narrow ones, they would stall the
  // processor.
  std::size_t used_ = 0;
  std::size_t plenty_ = 0;
  std::size_t live_ = 0;
  std::byte* unused_ = nullptr;
  std::byte* unused_end_ = nullptr;
  chunk* chunks_ = nullptr;
  std::size_t limit_ = 0;
  std::size_t reserved_ = 0;
  std::uint64_t growths_ = 0;
  std::uint64_t refused_ = 0;
};

}  // namespace mirage
