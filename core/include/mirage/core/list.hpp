// SPDX-License-Identifier: ISC
// An intrusive doubly linked list: inserting cannot fail, unlinking needs no search. A `list_link` is on at
// most one list at a time and takes itself off when it is destroyed; this is what makes cancelling a task
// the destruction of its frame.
#pragma once

#include <cassert>

namespace mirage {

class list;

class list_link {
 public:
  list_link() noexcept = default;
  list_link(const list_link&) = delete;
  list_link& operator=(const list_link&) = delete;
  ~list_link() { unlink(); }

  [[nodiscard]] bool linked() const noexcept { return next_ != nullptr; }
  void unlink() noexcept {
    if (linked()) take_off();
  }

 private:
  friend class list;
  void take_off() noexcept {
    list_link* const before = previous_;
    list_link* const behind = next_;
    before->next_ = behind;
    behind->previous_ = before;
    next_ = nullptr;
  }
  list_link* previous_ = nullptr;  // means something only while linked
  list_link* next_ = nullptr;
};

/// Circular through a sentinel. The list does not own its elements; those left when it dies are unlinked.
class list {
 public:
  list() noexcept { head_.previous_ = head_.next_ = &head_; }
  list(const list&) = delete;
  list& operator=(const list&) = delete;
  ~list() {
    while (!empty()) pop_front();
    head_.next_ = nullptr;
  }

  [[nodiscard]] bool empty() const noexcept { return head_.next_ == &head_; }
  void push_back(list_link& element) noexcept { insert_before(head_, element); }
  void push_front(list_link& element) noexcept { insert_before(*head_.next_, element); }
  [[nodiscard]] list_link& front() noexcept { return *head_.next_; }
  [[nodiscard]] list_link& back() noexcept { return *head_.previous_; }
  list_link& pop_front() noexcept {
    list_link& first = *head_.next_;
    first.take_off();
    return first;
  }

  /// The same in a loop over many. `next` is what the call before has found behind its element, null at
  /// first. Mostly it still is the first element, and the processor, which guesses that the comparison holds,
  /// need not wait until it has read back the head of the list, which was only just written.
  list_link& pop_front(list_link*& next) noexcept {
    list_link* first = head_.next_;
    if (first == next) [[likely]] {
      // Hides from the compiler that the two are equal: it would use the one that was read.
      asm("" : "+r"(next));
      first = next;
    }
    next = first->next_;
    head_.next_ = next;
    next->previous_ = &head_;
    first->next_ = nullptr;
    return *first;
  }

  /// Moves all of `other` behind what is here; O(1).
  void append(list& other) noexcept {
    if (other.empty()) return;
    other.head_.next_->previous_ = head_.previous_;
    head_.previous_->next_ = other.head_.next_;
    other.head_.previous_->next_ = &head_;
    head_.previous_ = other.head_.previous_;
    other.head_.previous_ = other.head_.next_ = &other.head_;
  }

  /// `visit(list_link&)`; it may unlink the element that it is given, and no other.
  template <class Visit>
  void for_each(Visit visit) {
    for (list_link* at = head_.next_; at != &head_;) {
      list_link* following = at->next_;
      visit(*at);
      at = following;
    }
  }

 private:
  static void insert_before(list_link& place, list_link& element) noexcept {
    assert(!element.linked());
    list_link* const before = place.previous_;
    element.previous_ = before;
    element.next_ = &place;
    before->next_ = &element;
    place.previous_ = &element;
  }
  list_link head_;
};

}  // namespace mirage
