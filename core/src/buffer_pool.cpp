// SPDX-License-Identifier: ISC
#include "mirage/core/buffer_pool.hpp"

#include <new>

#include "mirage/core/panic.hpp"

namespace mirage {

namespace {
constexpr std::align_val_t cache_line{64};
}

buffer_pool::~buffer_pool() {
  require(live_ == 0, "a buffer outlives the node that it came from");
  for (block*& first : free_) {
    while (first != nullptr) {
      block* next = first->next;
      ::operator delete(first, cache_line);
      first = next;
    }
  }
}

detail::buffer_storage* buffer_pool::allocate(std::size_t size) noexcept {
  std::uint32_t which = 0;
  while (which < class_sizes.size() && class_sizes[which] < size) ++which;
  if (which < class_sizes.size() && free_[which] != nullptr) {
    block* found = free_[which];
    free_[which] = found->next;
    found->references = 1;
    ++live_;
    return found;
  }
  const std::size_t capacity = which < class_sizes.size() ? class_sizes[which] : size;
  const std::size_t wanted = header + capacity;
  if (capacity > UINT32_MAX || wanted > limit_ || reserved_ > limit_ - wanted) {
    ++refused_;
    return nullptr;
  }
  void* memory = ::operator new(wanted, cache_line, std::nothrow);
  if (memory == nullptr) {
    ++refused_;
    return nullptr;
  }
  reserved_ += wanted;
  ++growths_;
  ++live_;
  return new (memory) block{
      {1, static_cast<std::uint32_t>(capacity), static_cast<std::byte*>(memory) + header, give_back}, this, nullptr, which};
}

void buffer_pool::give_back(detail::buffer_storage& storage) noexcept {
  auto& returned = static_cast<block&>(storage);
  buffer_pool& pool = *returned.pool;
  --pool.live_;
  if (returned.size_class == unpooled) {
    pool.reserved_ -= header + returned.capacity;
    ::operator delete(&returned, cache_line);
    return;
  }
  returned.next = pool.free_[returned.size_class];
  pool.free_[returned.size_class] = &returned;
}

}  // namespace mirage
