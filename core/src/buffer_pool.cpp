// SPDX-License-Identifier: ISC
#include "mirage/core/buffer_pool.hpp"

#include <new>
#include <utility>

#include "mirage/core/panic.hpp"
#include "mirage/core/poison.hpp"

namespace mirage {

namespace {
constexpr std::align_val_t cache_line{64};
}

buffer_pool::~buffer_pool() {
  require(live_ == 0, "a buffer outlives the node that it came from");
  for (block*& first : free_) {
    while (first != nullptr) give_to_heap(take_free(first));
  }
}

detail::buffer_storage* buffer_pool::allocate(std::size_t size) noexcept {
  std::uint32_t which = 0;
  while (which < class_sizes.size() && class_sizes[which] < size) ++which;
  if (which < class_sizes.size() && free_[which] != nullptr) {
    block* found = take_free(free_[which]);
    found->references = 1;
    ++live_;
    return found;
  }
  const std::size_t capacity = which < class_sizes.size() ? class_sizes[which] : size;
  const std::size_t wanted = header + capacity;
  const bool possible = capacity <= UINT32_MAX && make_room(wanted);
  void* memory = possible ? ::operator new(wanted, cache_line, std::nothrow) : nullptr;
  if (memory == nullptr) {
    ++refused_;
    return nullptr;
  }
  reserved_ += wanted;
  ++growths_;
  ++live_;
  return new (memory)
      block{{1, static_cast<std::uint32_t>(capacity), static_cast<std::byte*>(memory) + header, give_back},
            this,
            nullptr,
            which};
}

void buffer_pool::give_back(detail::buffer_storage& storage) noexcept {
  auto& returned = static_cast<block&>(storage);
  buffer_pool& pool = *returned.pool;
  --pool.live_;
  if (returned.size_class == unpooled) return pool.give_to_heap(&returned);
  returned.next = pool.free_[returned.size_class];
  pool.free_[returned.size_class] = &returned;
  detail::poison(returned.data, returned.capacity);
}

buffer_pool::block* buffer_pool::take_free(block*& first) noexcept {
  block* taken = std::exchange(first, first->next);
  detail::unpoison(taken->data, taken->capacity);
  return taken;
}

void buffer_pool::give_to_heap(block* unused) noexcept {
  reserved_ -= header + unused->capacity;
  ::operator delete(unused, cache_line);
}

// Free blocks of other sizes must not keep this one out, so at the cap they go back, the largest first.
bool buffer_pool::make_room(std::size_t wanted) noexcept {
  if (wanted > limit_) return false;
  for (std::size_t which = free_.size(); which-- > 0;)
    while (reserved_ > limit_ - wanted && free_[which] != nullptr) give_to_heap(take_free(free_[which]));
  return reserved_ <= limit_ - wanted;
}

}  // namespace mirage
