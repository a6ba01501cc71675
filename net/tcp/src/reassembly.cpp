// SPDX-License-Identifier: ISC
#include "mirage/tcp/reassembly.hpp"

#include <algorithm>
#include <utility>

namespace mirage::tcp_protocol {

void reassembly::clear() noexcept {
  while (first_ != nullptr) drop_first();
}

void reassembly::drop_first() noexcept {
  byte_range* const gone = std::exchange(first_, first_->next);
  const std::uint32_t size = gone->end - gone->begin;
  bytes_ -= size;
  shared_.out_of_order -= size;
  while (gone->first != nullptr) shared_.chunks.give_back(std::exchange(gone->first, gone->first->next));
  forget(gone);
}

void reassembly::leave_order(byte_range& range) noexcept {
  (range.newer == nullptr ? newest_ : range.newer->older) = range.older;
  if (range.older != nullptr) range.older->newer = range.newer;
  range.newer = range.older = nullptr;
}

void reassembly::make_newest(byte_range& range) noexcept {
  if (newest_ == &range) return;
  if (range.newer != nullptr) leave_order(range);
  range.older = newest_;
  if (newest_ != nullptr) newest_->newer = &range;
  newest_ = &range;
}

/// It is off the list of places already.
void reassembly::forget(byte_range* range) noexcept {
  leave_order(*range);
  if (first_ == nullptr) last_ = nullptr;
  shared_.ranges.give_back(range);
  --ranges_;
}

bool reassembly::insert(sequence begin, buffer data) noexcept {
  byte_range* before = nullptr;
  byte_range* at = first_;
  // Mostly it belongs to the end.
  if (last_ != nullptr && begin >= last_->end) {
    before = last_;
    at = nullptr;
  } else if (last_ != nullptr && begin >= last_->begin) {
    at = last_;
  }
  while (!data.empty()) {
    while (at != nullptr && at->end <= begin) {
      before = at;
      at = at->next;
    }
    const auto size = static_cast<std::uint32_t>(data.size());
    if (at != nullptr && at->begin <= begin) {
      const std::uint32_t known = std::min(size, at->end - begin);
      make_newest(*at);
      data.drop_front(known);
      begin += known;
      continue;
    }
    const std::uint32_t gap = at == nullptr ? size : std::min(size, at->begin - begin);
    buffer piece = gap == size ? std::move(data) : data.slice(0, gap);
    data.drop_front(gap);
    if (!add(before, begin, std::move(piece))) return false;
    begin += gap;
    join(*before);
    at = before;  // which may go further now than what was added
  }
  return true;
}

/// Behind `before`, which becomes the range that has it.
bool reassembly::add(byte_range*& before, sequence begin, buffer data) noexcept {
  const auto size = static_cast<std::uint32_t>(data.size());
  if (shared_.out_of_order + size > shared_.options.out_of_order) return false;
  chunk* const piece = shared_.chunks.make(std::move(data));
  if (piece == nullptr) return false;
  if (before != nullptr && before->end == begin) {
    before->last->next = piece;
  } else {
    byte_range* const made = ranges_ == most_ranges ? nullptr : shared_.ranges.make(begin, begin);
    if (made == nullptr) {
      shared_.chunks.give_back(piece);
      return false;
    }
    ++ranges_;
    byte_range*& place = before == nullptr ? first_ : before->next;
    made->next = std::exchange(place, made);
    if (made->next == nullptr) last_ = made;
    made->first = piece;
    before = made;
  }
  before->last = piece;
  before->end += size;
  make_newest(*before);
  bytes_ += size;
  shared_.out_of_order += size;
  return true;
}

/// With the next one, if they touch.
void reassembly::join(byte_range& range) noexcept {
  byte_range* const other = range.next;
  if (other == nullptr || range.end != other->begin) return;
  range.last->next = other->first;
  range.last = other->last;
  range.end = other->end;
  range.next = other->next;
  if (last_ == other) last_ = &range;
  forget(other);
}

chunk* reassembly::take(sequence at, std::uint32_t& length) noexcept {
  while (first_ != nullptr && first_->end <= at) drop_first();
  if (first_ == nullptr || first_->begin > at) return nullptr;
  byte_range* const taken = std::exchange(first_, first_->next);
  const std::uint32_t size = taken->end - taken->begin;
  bytes_ -= size;
  shared_.out_of_order -= size;
  std::uint32_t known = at - taken->begin;
  chunk* list = taken->first;
  forget(taken);
  length = size - known;
  while (known >= list->data.size() && known > 0) {
    known -= static_cast<std::uint32_t>(list->data.size());
    shared_.chunks.give_back(std::exchange(list, list->next));
  }
  list->data.drop_front(known);
  return list;
}

void reassembly::describe(segment_options& to, std::uint8_t most) const noexcept {
  for (const byte_range* at = newest_; at != nullptr && to.sack_count < most; at = at->older)
    to.sack[to.sack_count++] = {at->begin, at->end};
}

}  // namespace mirage::tcp_protocol
