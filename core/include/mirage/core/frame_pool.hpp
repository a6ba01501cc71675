// SPDX-License-Identifier: ISC
// Memory for coroutine frames: size classes on free lists, grown in chunks that are never given back, with a
// cap at which new tasks are refused long before the machine's memory is gone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace mirage {

class frame_pool {
 public:
  /// `limit` bounds the bytes of all chunks. Nothing is allocated before the first frame.
  explicit frame_pool(std::size_t limit) noexcept : limit_(limit) {}
  frame_pool(const frame_pool&) = delete;
  frame_pool& operator=(const frame_pool&) = delete;
  ~frame_pool();

  /// Null at the cap. The memory is aligned as `std::max_align_t` is.
  [[nodiscard]] void* allocate(std::size_t size) noexcept {
    const std::size_t which = class_of(size);
    if (which < free_.size()) [[likely]] {
      if (free_block* block = free_[which]) [[likely]] {
        free_[which] = block->next;
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
    auto* block = static_cast<free_block*>(memory);
    block->next = free_[which];
    free_[which] = block;
    --live_;
  }

  /// True when only an eighth is left: spawning is refused, so that the tasks which run can still call.
  [[nodiscard]] bool scarce() const noexcept { return reserved_ > limit_ - limit_ / 8; }
  [[nodiscard]] std::size_t live() const noexcept { return live_; }
  [[nodiscard]] std::size_t reserved() const noexcept { return reserved_; }
  /// How often memory had to be asked for: constant in the steady state.
  [[nodiscard]] std::uint64_t growths() const noexcept { return growths_; }
  void set_limit(std::size_t limit) noexcept { limit_ = limit; }

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

  void* allocate_fresh(std::size_t size) noexcept;
  void release_large(void* memory, std::size_t size) noexcept;
  bool grow() noexcept;

  std::array<free_block*, classes> free_{};
  std::byte* unused_ = nullptr;
  std::byte* unused_end_ = nullptr;
  chunk* chunks_ = nullptr;
  std::size_t limit_;
  std::size_t reserved_ = 0;
  std::size_t live_ = 0;
  std::uint64_t growths_ = 0;
};

}  // namespace mirage
