// SPDX-License-Identifier: ISC
// `slab_pool<T>`: objects of one type on a free list, with a cap. It takes memory from the heap in slabs
// while it grows and keeps it, so that in the steady state nothing is allocated.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <utility>

#include "mirage/core/panic.hpp"
#include "mirage/core/poison.hpp"

namespace mirage::tcp_protocol {

template <class T>
class slab_pool {
 public:
  /// `limit` bounds the live objects.
  explicit slab_pool(std::size_t limit) noexcept : limit_(limit) {}
  slab_pool(const slab_pool&) = delete;
  slab_pool& operator=(const slab_pool&) = delete;
  /// Every object must have been given back.
  ~slab_pool() {
    require(live_ == 0, "an object outlives its slab_pool");
    while (slabs_ != nullptr) delete std::exchange(slabs_, slabs_->next);
  }

  /// Null at the cap.
  template <class... Arguments>
  [[nodiscard]] T* make(Arguments&&... arguments) noexcept {
    if (live_ == limit_) return nullptr;
    if (free_ == nullptr && !grow()) return nullptr;
    cell* const taken = free_;
    free_ = taken->next;
    ++live_;
    return ::new (static_cast<void*>(taken)) T(std::forward<Arguments>(arguments)...);
  }
  void give_back(T* object) noexcept {
    object->~T();
    cell* const freed = ::new (static_cast<void*>(object)) cell;
    freed->next = std::exchange(free_, freed);
    --live_;
  }

  [[nodiscard]] std::size_t live() const noexcept { return live_; }
  [[nodiscard]] std::size_t limit() const noexcept { return limit_; }

 private:
  union alignas(T) cell {
    cell* next;
    std::byte memory[sizeof(T)];
  };
  static constexpr std::size_t cells_a_slab = sizeof(T) < 256 ? 62 : 15;
  struct slab {
    slab* next;
    cell cells[cells_a_slab];
  };

  bool grow() noexcept {
    slab* const made = new (std::nothrow) slab;
    if (made == nullptr) return false;
    made->next = std::exchange(slabs_, made);
    for (cell& each : made->cells) {
      each.next = free_;
      free_ = &each;
    }
    return true;
  }

  cell* free_ = nullptr;
  slab* slabs_ = nullptr;
  std::size_t limit_;
  std::size_t live_ = 0;
};

}  // namespace mirage::tcp_protocol
