// SPDX-License-Identifier: ISC
#include "mirage/tcp/send_queue.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace mirage::tcp_protocol {

void send_queue::clear() noexcept {
  while (first_ != nullptr) shared_.segments.give_back(std::exchange(first_, first_->next));
  while (front_ != nullptr) shared_.chunks.give_back(std::exchange(front_, front_->next));
  last_ = lost_hint_ = sack_hint_ = nullptr;
  order_.clear();
  back_ = cursor_ = nullptr;
  front_offset_ = cursor_offset_ = unsent_ = held_ = sacked_ = presumed_ = lost_ = 0;
}

std::uint32_t send_queue::append(buffer& from, std::uint32_t room) noexcept {
  const auto taken = static_cast<std::uint32_t>(std::min<std::size_t>(room, from.size()));
  if (taken == 0) return 0;
  chunk* const made = shared_.chunks.make(taken == from.size() ? std::move(from) : from.slice(0, taken));
  if (made == nullptr) return 0;
  from.drop_front(taken);
  (back_ == nullptr ? front_ : back_->next) = made;
  back_ = made;
  if (cursor_ == nullptr) {
    cursor_ = made;
    cursor_offset_ = 0;
  }
  unsent_ += taken;
  held_ += taken;
  return taken;
}

sent_segment* send_queue::first_lost() const noexcept {
  if (lost_ == 0) return nullptr;
  sent_segment* at = lost_hint_ == nullptr ? first_ : lost_hint_;
  while (at != nullptr && !at->lost) at = at->next;
  return lost_hint_ = at;
}

void send_queue::advance(chunk*& data, std::uint32_t& offset, std::uint32_t by) noexcept {
  offset += by;
  while (data != nullptr && offset >= data->data.size()) {
    offset -= static_cast<std::uint32_t>(data->data.size());
    data = data->next;
  }
}

std::uint32_t send_queue::bytes_in(place from, std::uint32_t length, std::uint32_t parts) noexcept {
  std::uint32_t found = 0;
  for (; parts > 0 && found < length && from.data != nullptr; --parts) {
    found += static_cast<std::uint32_t>(from.data->data.size()) - from.offset;
    from = {from.data->next, 0};
  }
  return std::min(found, length);
}

void send_queue::copy(place from, bytes to) noexcept {
  while (!to.empty()) {
    const cbytes here = from.data->data.view().subspan(from.offset);
    const std::size_t step = std::min(here.size(), to.size());
    std::memcpy(to.data(), here.data(), step);
    to = to.subspan(step);
    from = {from.data->next, 0};
  }
}

void send_queue::gather(place from, std::uint32_t length, buffer_list& to) noexcept {
  while (length > 0) {
    buffer part = from.data->data.slice(from.offset, length);
    length -= static_cast<std::uint32_t>(part.size());
    to.push_back(std::move(part));
    from = {from.data->next, 0};
  }
}

bool send_queue::sent(std::uint32_t length, bool fin, instant now, std::uint32_t most) noexcept {
  const std::uint32_t numbers = length + (fin ? 1 : 0);
  if (last_ != nullptr && last_->sent_at == now && !last_->fin && !last_->sacked && !last_->lost &&
      !last_->retransmitted && !last_->probe && order_.is_newest(*last_) && last_->length + length <= most &&
      last_->length > 0 && length > 0) {
    last_->length += numbers;
    last_->fin = fin;
  } else {
    sent_segment* const made = shared_.segments.make();
    if (made == nullptr) return false;
    made->begin = nxt_;
    made->length = numbers;
    made->fin = fin;
    made->sent_at = now;
    made->data = cursor_;
    made->offset = cursor_offset_;
    made->previous = last_;
    (last_ == nullptr ? first_ : last_->next) = made;
    last_ = made;
    order_.insert(*made);
  }
  advance(cursor_, cursor_offset_, length);
  if (cursor_ == nullptr) cursor_offset_ = 0;
  unsent_ -= length;
  nxt_ += numbers;
  return true;
}

bool send_queue::sent_probe(std::uint32_t length, instant now) noexcept {
  if (!sent(length, false, now, 0)) return false;
  last_->probe = true;
  return true;
}

bool send_queue::split(sent_segment& which, std::uint32_t length) noexcept {
  sent_segment* const rest = shared_.segments.make(which);
  if (rest == nullptr) return false;
  which.probe = rest->probe = false;
  rest->previous = &which;
  rest->begin = which.begin + length;
  rest->length = which.length - length;
  advance(rest->data, rest->offset, length);
  (which.next == nullptr ? last_ : which.next->previous) = rest;
  which.next = rest;
  which.length = length;
  which.fin = false;
  if (!which.sacked && !which.lost) order_.insert_behind(&which, *rest);
  return true;
}

void send_queue::sent_again(sent_segment& which, std::uint32_t length, instant now) noexcept {
  // Without memory for the rest, all of it counts as sent: what is missing is found to be lost later.
  if (length < which.length && !split(which, length)) length = which.length;
  if (!which.lost) order_.remove(which);
  unmark_lost(which);
  which.retransmitted = true;
  which.probe = false;
  which.sent_at = now;
  order_.insert(which);
}

void send_queue::trim(std::uint32_t part, std::uint32_t& fresh) noexcept {
  sent_segment& which = *first_;
  if (!which.sacked) fresh += part;
  if (which.sacked) sacked_ -= part;
  if (which.lost) lost_ -= part;
  advance(which.data, which.offset, part);
  which.begin += part;
  which.length -= part;
  una_ += part;
  release(part);
}

void send_queue::drop_first() noexcept {
  sent_segment* const gone = first_;
  if (gone->sacked) sacked_ -= gone->length;
  if (gone->lost) lost_ -= gone->length;
  if (!gone->sacked && !gone->lost) order_.remove(*gone);
  if (lost_hint_ == gone) lost_hint_ = gone->next;
  if (sack_hint_ == gone) sack_hint_ = gone->next;
  const std::uint32_t payload = gone->payload();
  una_ += gone->length;
  first_ = gone->next;
  (first_ == nullptr ? last_ : first_->previous) = nullptr;
  shared_.segments.give_back(gone);
  release(payload);
}

void send_queue::release(std::uint32_t payload) noexcept {
  held_ -= payload;
  front_offset_ += payload;
  while (front_ != nullptr && front_offset_ >= front_->data.size()) {
    front_offset_ -= static_cast<std::uint32_t>(front_->data.size());
    if (back_ == front_) back_ = nullptr;
    shared_.chunks.give_back(std::exchange(front_, front_->next));
  }
}

sent_segment* send_queue::find(sequence number) const noexcept {
  sent_segment* at = sack_hint_;
  if (at == nullptr || number <= una_) return first_;
  if (at->begin <= number) return at;
  if (number - una_ < at->begin - number) return first_;
  while (at->begin > number && at->previous != nullptr) at = at->previous;
  return at;
}

sent_segment* send_queue::mark_sacked(sent_segment& which) noexcept {
  if (!which.lost) order_.remove(which);
  unmark_lost(which);
  which.sacked = true;
  sacked_ += which.length;
  if (which.next != nullptr && which.next->sacked) join_next(which);
  sent_segment* const before = which.previous;
  if (before == nullptr || !before->sacked) return &which;
  join_next(*before);
  return before;
}

void send_queue::join_next(sent_segment& which) noexcept {
  sent_segment* const gone = which.next;
  which.length += gone->length;
  which.fin = gone->fin;
  which.next = gone->next;
  (which.next == nullptr ? last_ : which.next->previous) = &which;
  if (lost_hint_ == gone) lost_hint_ = &which;
  if (sack_hint_ == gone) sack_hint_ = &which;
  shared_.segments.give_back(gone);
}

void send_queue::mark_lost(sent_segment& which) noexcept {
  if (which.lost || which.sacked) return;
  if (std::exchange(which.probe, false)) lost_probe_ = which.length;
  order_.remove(which);
  which.lost = true;
  lost_ += which.length;
  if (lost_hint_ == nullptr || which.begin < lost_hint_->begin) lost_hint_ = &which;
}

void send_queue::unmark_lost(sent_segment& which) noexcept {
  if (!which.lost) return;
  which.lost = false;
  lost_ -= which.length;
}

void send_queue::unmark_all_lost() noexcept {
  for (sent_segment* at = first_; at != nullptr; at = at->next) {
    if (!at->lost) continue;
    unmark_lost(*at);
    order_.insert(*at);
  }
  lost_hint_ = nullptr;
}

void send_queue::mark_all_lost(bool forget_sacks) noexcept {
  set_presumed(0);
  for (sent_segment* at = first_; at != nullptr; at = at->next) {
    if (forget_sacks && std::exchange(at->sacked, false)) {
      sacked_ -= at->length;
      order_.insert(*at);
    }
    mark_lost(*at);
  }
}

void send_queue::set_presumed(std::uint32_t presumed) noexcept {
  presumed = std::min(presumed, outstanding() - lost_ - (sacked_ - presumed_));
  sacked_ = sacked_ - presumed_ + presumed;
  presumed_ = presumed;
}

}  // namespace mirage::tcp_protocol
