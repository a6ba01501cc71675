// SPDX-License-Identifier: ISC
#include "aligned_pool.hpp"

#include <bit>
#include <memory>
#include <new>
#include <utility>

namespace mirage::detail {

namespace {

constexpr std::size_t smallest = 4096;
constexpr std::size_t classes = 9;  // up to 1 MiB; what is larger is not kept
constexpr std::size_t largest = smallest << (classes - 1);

}  // namespace

struct aligned_pool::block : buffer_storage {
  state* pool = nullptr;
  block* next = nullptr;
  std::size_t size_class = 0;
  ~block() { ::operator delete(data, std::align_val_t{alignment}); }
};

struct aligned_pool::state {
  std::array<block*, classes> free{};
  std::size_t limit = 0;
  std::size_t reserved = 0;
  std::size_t live = 0;
  bool open = true;

  void discard(block* one) noexcept {
    reserved -= one->capacity;
    std::unique_ptr<block>(one).reset();
  }
  void discard_free() noexcept {
    for (block*& first : free)
      while (first != nullptr) discard(std::exchange(first, first->next));
  }
};

aligned_pool::aligned_pool(std::size_t limit) : state_(std::make_unique<state>().release()) {
  state_->limit = limit;
}

aligned_pool::~aligned_pool() {
  state_->open = false;
  state_->discard_free();
  if (state_->live == 0) std::unique_ptr<state>(state_).reset();
}

buffer aligned_pool::allocate(std::size_t size) noexcept {
  const std::size_t rounded = size <= smallest ? smallest : size <= largest ? std::bit_ceil(size) : size;
  const auto which = static_cast<std::size_t>(std::countr_zero(rounded / smallest));
  const bool kept = size <= largest;
  if (kept && state_->free[which] != nullptr) {
    block* found = std::exchange(state_->free[which], state_->free[which]->next);
    found->references = 1;
    ++state_->live;
    return buffer::adopt(*found, size);
  }
  if (rounded > UINT32_MAX || rounded > state_->limit) return {};
  if (state_->reserved > state_->limit - rounded) state_->discard_free();
  if (state_->reserved > state_->limit - rounded) return {};
  void* memory = ::operator new(rounded, std::align_val_t{alignment}, std::nothrow);
  if (memory == nullptr) return {};
  auto made = std::make_unique<block>();
  made->references = 1;
  made->capacity = static_cast<std::uint32_t>(rounded);
  made->data = static_cast<std::byte*>(memory);
  made->release = &aligned_pool::give_back;
  made->pool = state_;
  made->size_class = kept ? which : classes;
  state_->reserved += rounded;
  ++state_->live;
  return buffer::adopt(*made.release(), size);
}

void aligned_pool::give_back(buffer_storage& storage) noexcept {
  auto& returned = static_cast<block&>(storage);
  state& pool = *returned.pool;
  --pool.live;
  if (pool.open && returned.size_class < classes) {
    returned.next = std::exchange(pool.free[returned.size_class], &returned);
    return;
  }
  pool.discard(&returned);
  if (!pool.open && pool.live == 0) std::unique_ptr<state>(&pool).reset();
}

}  // namespace mirage::detail
