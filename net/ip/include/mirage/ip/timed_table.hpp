// SPDX-License-Identifier: ISC
// A table with a cap whose entries each wait for a point in time: what is known of neighbours.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "mirage/bounded_map.hpp"
#include "mirage/core/time.hpp"

namespace mirage {

/// `Entry` has its `key` and a `deadline`, which only the table changes. All memory is taken when it is made;
/// inserting and erasing move entries.
template <class Entry>
  requires requires(Entry& one) {
    { one.deadline } -> std::same_as<instant&>;
    one.key;
  }
class timed_table {
 public:
  using key_type = decltype(Entry::key);

  explicit timed_table(std::size_t capacity) : capacity_(capacity), index_(capacity) {
    entries_.reserve(capacity);
  }

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] bool full() const noexcept { return entries_.size() == capacity_; }

  [[nodiscard]] Entry* find(const key_type& key) noexcept {
    const std::uint32_t* at = index_.find(key);
    return at == nullptr ? nullptr : &entries_[*at];
  }
  /// A new one, whose key is not there yet, without a deadline; null at the cap.
  [[nodiscard]] Entry* insert(const key_type& key) noexcept {
    if (full()) return nullptr;
    std::uint32_t* at = index_.insert(key);
    if (at == nullptr) return nullptr;
    *at = static_cast<std::uint32_t>(entries_.size());
    Entry& made = entries_.emplace_back();
    made.key = key;
    made.deadline = never;
    return &made;
  }
  void erase(Entry& one) noexcept {
    const auto at = static_cast<std::size_t>(&one - entries_.data());
    index_.erase(one.key);
    if (at + 1 != entries_.size()) {
      entries_[at] = entries_.back();
      *index_.find(entries_[at].key) = static_cast<std::uint32_t>(at);
    }
    entries_.pop_back();
    sweep_ = std::min(sweep_, entries_.size());
  }
  /// Erases one that may go, each in its turn; false if there is none.
  template <std::predicate<const Entry&> MayGo>
  bool make_room(MayGo may_go) noexcept {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const std::size_t at = (hand_ + i) % entries_.size();
      if (!may_go(entries_[at])) continue;
      hand_ = at;
      erase(entries_[at]);
      return true;
    }
    return false;
  }

  void set_deadline(Entry& of, instant when) noexcept {
    of.deadline = when;
    due_ = std::min(due_, when);
  }
  /// `tend(entry)` for those whose time has come, until it gives something that is true, which is handed on;
  /// it sets a new deadline or erases the entry. Call until it gives nothing.
  template <class Tend>
  auto sweep(instant now, Tend tend) -> decltype(tend(std::declval<Entry&>())) {
    if (sweep_ == 0 && due_ <= now) {
      sweep_ = entries_.size();
      due_ = never;
    }
    // From the back: whoever fills the gap of one that is erased has been looked at already.
    while (sweep_ > 0) {
      Entry& one = entries_[--sweep_];
      if (one.deadline > now) {
        due_ = std::min(due_, one.deadline);
        continue;
      }
      if (auto wanted = tend(one)) return wanted;
    }
    return {};
  }
  /// When to sweep again.
  [[nodiscard]] instant next_timeout() const noexcept { return due_; }

 private:
  std::size_t capacity_;
  std::vector<Entry> entries_;
  bounded_map<key_type, std::uint32_t> index_;
  instant due_ = never;
  std::size_t sweep_ = 0;  // how many are still to be looked at in this sweep
  std::size_t hand_ = 0;   // where the next search for room begins
};

}  // namespace mirage
