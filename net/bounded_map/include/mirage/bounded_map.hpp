// SPDX-License-Identifier: ISC
// `bounded_map`: open addressing with linear probing, at most two thirds full; erasing moves what follows
// back (Knuth, volume 3, §6.4, algorithm R), so there are no tombstones and no rehashing.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "mirage/core/os.hpp"

namespace mirage {

/// All memory is taken when it is made. Inserting and erasing move values: a pointer to one is good until the
/// next of the two. `Key` has `hash(seed)` and `==`.
template <class Key, class Value>
  requires std::is_nothrow_move_assignable_v<Value> && std::is_default_constructible_v<Value>
class bounded_map {
 public:
  explicit bounded_map(std::size_t capacity)
      : capacity_(capacity), slots_(std::bit_ceil(capacity + capacity / 2 + 1)), seed_(os::random64()) {}

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] bool full() const noexcept { return size_ == capacity_; }

  [[nodiscard]] Value* find(const Key& key) noexcept {
    for (std::size_t at = home_of(key); slots_[at].used; at = next(at))
      if (slots_[at].key == key) return &slots_[at].value;
    return nullptr;
  }
  /// The value of a key that is not there yet, new; null when the map is full.
  [[nodiscard]] Value* insert(const Key& key) noexcept {
    if (full()) return nullptr;
    std::size_t at = home_of(key);
    while (slots_[at].used) at = next(at);
    slots_[at] = {key, Value{}, true};
    ++size_;
    return &slots_[at].value;
  }
  /// The value of the key, new if it was not there; null when the map is full.
  [[nodiscard]] Value* find_or_insert(const Key& key) noexcept {
    Value* found = find(key);
    return found != nullptr ? found : insert(key);
  }
  /// Whether it was there.
  bool erase(const Key& key) noexcept {
    for (std::size_t at = home_of(key); slots_[at].used; at = next(at)) {
      if (slots_[at].key != key) continue;
      close_gap(at);
      --size_;
      return true;
    }
    return false;
  }
  /// `visit(const Key&, Value&)` for each, in no order; it neither inserts nor erases.
  template <class Visit>
  void for_each(Visit visit) {
    for (slot& each : slots_)
      if (each.used) visit(std::as_const(each.key), each.value);
  }

 private:
  struct slot {
    Key key{};
    Value value{};
    bool used = false;
  };

  [[nodiscard]] std::size_t home_of(const Key& key) const noexcept {
    return static_cast<std::size_t>(key.hash(seed_)) & (slots_.size() - 1);
  }
  [[nodiscard]] std::size_t next(std::size_t at) const noexcept { return (at + 1) & (slots_.size() - 1); }

  // Whoever stands behind the gap moves into it, unless that were before the place where its search begins.
  void close_gap(std::size_t gap) noexcept {
    for (std::size_t at = next(gap); slots_[at].used; at = next(at)) {
      const std::size_t mask = slots_.size() - 1;
      const std::size_t from_home = (at - home_of(slots_[at].key)) & mask;
      if (from_home < ((at - gap) & mask)) continue;
      slots_[gap] = std::move(slots_[at]);
      gap = at;
    }
    slots_[gap] = {};
  }

  std::size_t capacity_;
  std::size_t size_ = 0;
  std::vector<slot> slots_;
  std::uint64_t seed_;
};

}  // namespace mirage
