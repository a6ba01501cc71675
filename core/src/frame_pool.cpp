// SPDX-License-Identifier: ISC
#include "mirage/core/frame_pool.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace mirage {

namespace {
// The first chunk is small so that a unikernel of a few tasks stays small; each next one doubles.
constexpr std::size_t smallest_chunk = 16 * 1024;
constexpr std::size_t largest_chunk = 1024 * 1024;
}  // namespace

frame_pool::~frame_pool() {
  while (chunks_ != nullptr) {
    chunk* next = chunks_->next;
    ::operator delete(chunks_, chunks_->size);
    chunks_ = next;
  }
}

void* frame_pool::allocate_fresh(std::size_t size) noexcept {
  const std::size_t which = class_of(size);
  if (which >= free_.size()) {
    if (size > limit_ || reserved_ > limit_ - size) return nullptr;
    void* memory = ::operator new(size, std::nothrow);
    if (memory == nullptr) return nullptr;
    ++growths_;
    ++live_;
    reserved_ += size;
    return memory;
  }
  const std::size_t block = which * step;
  if (static_cast<std::size_t>(unused_end_ - unused_) < block && !grow()) return nullptr;
  ++live_;
  return std::exchange(unused_, unused_ + block);
}

void frame_pool::release_large(void* memory, std::size_t size) noexcept {
  ::operator delete(memory, size);
  reserved_ -= size;
  --live_;
}

bool frame_pool::grow() noexcept {
  const std::size_t size = std::clamp(reserved_, smallest_chunk, largest_chunk);
  if (size > limit_ || reserved_ > limit_ - size) return false;
  void* memory = ::operator new(size, std::nothrow);
  if (memory == nullptr) return false;
  ++growths_;
  reserved_ += size;
  static_assert(sizeof(chunk) % alignof(std::max_align_t) == 0 || sizeof(chunk) <= step);
  chunks_ = new (memory) chunk{chunks_, size};
  unused_ = static_cast<std::byte*>(memory) + step;
  unused_end_ = static_cast<std::byte*>(memory) + size;
  return true;
}

}  // namespace mirage
