// SPDX-License-Identifier: ISC
#include "mirage/core/frame_pool.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace mirage {

namespace {
// The first chunk is small so that a unikernel of a few tasks stays small; each next one doubles.
constexpr std::size_t smallest_chunk = std::size_t{16} * 1024;
constexpr std::size_t largest_chunk = std::size_t{1024} * 1024;
}  // namespace

frame_pool::~frame_pool() {
  while (chunks_ != nullptr) {
    chunk* next = chunks_->next;
    const std::size_t size = chunks_->size;
    detail::unpoison(chunks_, size);
    ::operator delete(chunks_, size);
    chunks_ = next;
  }
}

void* frame_pool::allocate_fresh(std::size_t size) noexcept {
  const std::size_t which = class_of(size);
  if (which >= free_.size()) return allocate_large(size);
  const std::size_t block = which * step;
  if (static_cast<std::size_t>(unused_end_ - unused_) < block && !grow(block))
    return allocate_by_splitting(which);
  used_ += block;
  ++live_;
  detail::unpoison(unused_, block);
  return std::exchange(unused_, unused_ + block);
}

// At the cap the free frames of other sizes are all that there is.
void* frame_pool::allocate_by_splitting(std::size_t which) noexcept {
  for (std::size_t larger = which + 1; larger < free_.size(); ++larger) {
    free_block* block = free_[larger];
    if (block == nullptr) continue;
    detail::unpoison(block, larger * step);
    free_[larger] = block->next;
    put_free(static_cast<std::byte*>(static_cast<void*>(block)) + which * step, larger - which);
    used_ += which * step;
    ++live_;
    return block;
  }
  ++refused_;
  return nullptr;
}

void* frame_pool::allocate_large(std::size_t size) noexcept {
  const bool fits = size <= limit_ && reserved_ <= limit_ - size;
  void* memory = fits ? ::operator new(size, std::nothrow) : nullptr;
  if (memory == nullptr) {
    ++refused_;
    return nullptr;
  }
  ++growths_;
  ++live_;
  used_ += size;
  reserved_ += size;
  return memory;
}

void frame_pool::release_large(void* memory, std::size_t size) noexcept {
  ::operator delete(memory, size);
  used_ -= size;
  reserved_ -= size;
  --live_;
}

bool frame_pool::grow(std::size_t block) noexcept {
  static_assert(sizeof(chunk) <= step);
  const std::size_t left = limit_ > reserved_ ? (limit_ - reserved_) / step * step : 0;
  const std::size_t wanted =
      std::max(std::clamp(reserved_ / step * step, smallest_chunk, largest_chunk), block + step);
  const std::size_t size = std::min(wanted, left);
  if (size < block + step) return false;
  void* memory = ::operator new(size, std::nothrow);
  if (memory == nullptr) return false;
  ++growths_;
  reserved_ += size;
  // What is left of the chunk before serves smaller frames.
  const auto rest = static_cast<std::size_t>(unused_end_ - unused_);
  if (rest != 0) {
    detail::unpoison(unused_, rest);
    put_free(unused_, rest / step);
  }
  chunks_ = new (memory) chunk{chunks_, size};
  unused_ = static_cast<std::byte*>(memory) + step;
  unused_end_ = static_cast<std::byte*>(memory) + size;
  detail::poison(unused_, size - step);
  return true;
}

}  // namespace mirage
