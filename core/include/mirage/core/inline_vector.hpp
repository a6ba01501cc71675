// SPDX-License-Identifier: ISC
// A short sequence in place: no heap, a fixed greatest length.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include "mirage/core/panic.hpp"
#include "mirage/core/relocatable.hpp"

namespace mirage {

template <class T, std::size_t Capacity>
  requires std::is_nothrow_move_constructible_v<T>
class inline_vector {
 public:
  using value_type = T;

  inline_vector() noexcept = default;
  inline_vector(inline_vector&& other) noexcept { take(other); }
  inline_vector(const inline_vector& other) noexcept
    requires std::is_nothrow_copy_constructible_v<T>
  {
    for (const T& element : other) push_back(element);
  }
  inline_vector& operator=(inline_vector&& other) noexcept {
    if (this != &other) {
      clear();
      take(other);
    }
    return *this;
  }
  inline_vector& operator=(const inline_vector& other) noexcept
    requires std::is_nothrow_copy_constructible_v<T>
  {
    if (this != &other) {
      clear();
      for (const T& element : other) push_back(element);
    }
    return *this;
  }
  ~inline_vector() { clear(); }

  [[nodiscard]] static constexpr std::size_t capacity() noexcept { return Capacity; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] bool full() const noexcept { return size_ == Capacity; }

  /// A full one stops the unikernel: ask `full()` first where the length comes from outside.
  template <class... Arguments>
  T& emplace_back(Arguments&&... arguments) noexcept {
    require(size_ < Capacity, "an inline_vector is full");
    T* made = std::construct_at(data() + size_, std::forward<Arguments>(arguments)...);
    ++size_;
    return *made;
  }
  void push_back(T element) noexcept { emplace_back(std::move(element)); }
  void clear() noexcept {
    std::destroy_n(data(), size_);
    size_ = 0;
  }

  [[nodiscard]] T* data() noexcept { return std::launder(static_cast<T*>(static_cast<void*>(storage_))); }
  [[nodiscard]] const T* data() const noexcept {
    return std::launder(static_cast<const T*>(static_cast<const void*>(storage_)));
  }
  [[nodiscard]] T* begin() noexcept { return data(); }
  [[nodiscard]] T* end() noexcept { return data() + size_; }
  [[nodiscard]] const T* begin() const noexcept { return data(); }
  [[nodiscard]] const T* end() const noexcept { return data() + size_; }
  [[nodiscard]] T& operator[](std::size_t index) noexcept { return data()[index]; }
  [[nodiscard]] const T& operator[](std::size_t index) const noexcept { return data()[index]; }
  [[nodiscard]] T& front() noexcept { return data()[0]; }
  [[nodiscard]] T& back() noexcept { return data()[size_ - 1]; }

 private:
  void take(inline_vector& other) noexcept {
    if constexpr (is_trivially_relocatable<T>) {
      std::memcpy(storage_, other.storage_, other.size_ * sizeof(T));
      size_ = std::exchange(other.size_, 0);
    } else {
      for (T& element : other) emplace_back(std::move(element));
      other.clear();
    }
  }
  alignas(T) std::byte storage_[Capacity * sizeof(T)];
  std::size_t size_ = 0;
};

/// As `std::erase_if`: removes what matches, keeps the order of the rest, and returns how many it removed.
template <class T, std::size_t Capacity, class Predicate>
std::size_t erase_if(inline_vector<T, Capacity>& from, Predicate matches) noexcept {
  inline_vector<T, Capacity> kept;
  for (T& element : from)
    if (!matches(std::as_const(element))) kept.push_back(std::move(element));
  const std::size_t removed = from.size() - kept.size();
  from = std::move(kept);
  return removed;
}

}  // namespace mirage
