// SPDX-License-Identifier: ISC
// A hash table from the two ends of a connection to what is known of it. Intrusive: inserting takes no memory
// but for the table itself, which grows by doubling. Its seed is secret, because strangers choose the keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "mirage/core/endpoint.hpp"

namespace mirage::tcp_protocol {

/// `T` has the members `local`, `peer` and `next_in_table`.
template <class T>
class tuple_table {
 public:
  explicit tuple_table(std::uint64_t seed) : seed_(seed), buckets_(64) {}

  [[nodiscard]] T* find(const endpoint& local, const endpoint& peer) const noexcept {
    for (T* at = buckets_[place(local, peer)]; at != nullptr; at = at->next_in_table)
      if (at->peer == peer && at->local == local) return at;
    return nullptr;
  }
  void insert(T& entry) {
    if (size_ >= buckets_.size()) grow();
    link(entry);
    ++size_;
  }
  void remove(T& entry) noexcept {
    T** at = &buckets_[place(entry.local, entry.peer)];
    while (*at != &entry) at = &(*at)->next_in_table;
    *at = entry.next_in_table;
    --size_;
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// `visit(T&)` may remove the entry that it is given, and no other.
  template <class Visit>
  void for_each(Visit visit) {
    for (T* first : buckets_) {
      for (T* at = first; at != nullptr;) {
        T* const following = at->next_in_table;
        visit(*at);
        at = following;
      }
    }
  }

 private:
  [[nodiscard]] std::size_t place(const endpoint& local, const endpoint& peer) const noexcept {
    return static_cast<std::size_t>(peer.hash(seed_ ^ local.port)) & (buckets_.size() - 1);
  }
  void link(T& entry) noexcept {
    T*& first = buckets_[place(entry.local, entry.peer)];
    entry.next_in_table = first;
    first = &entry;
  }
  void grow() {
    std::vector<T*> before(buckets_.size() * 2);
    before.swap(buckets_);
    for (T* at : before) {
      while (at != nullptr) {
        T* const following = at->next_in_table;
        link(*at);
        at = following;
      }
    }
  }

  std::uint64_t seed_;
  std::vector<T*> buckets_;  // a power of two
  std::size_t size_ = 0;
};

}  // namespace mirage::tcp_protocol
