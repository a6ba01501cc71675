// SPDX-License-Identifier: ISC
// What is on the way in the order in which it was sent, by time and then by place: RACK (RFC 8985 §6.2) looks
// at the oldest first, and at no more than what is lost. An intrusive list through the entries of the queue.
#pragma once

#include "mirage/tcp/resources.hpp"

namespace mirage::tcp_protocol {

class sent_order {
 public:
  [[nodiscard]] sent_segment* oldest() const noexcept { return oldest_; }
  [[nodiscard]] bool is_newest(const sent_segment& which) const noexcept { return newest_ == &which; }
  void clear() noexcept { oldest_ = newest_ = nullptr; }

  /// Mostly at the end: what was sent at the same time and lies further is passed.
  void insert(sent_segment& which) noexcept {
    sent_segment* before = newest_;
    while (before != nullptr && is_later(*before, which)) before = before->older;
    insert_behind(before, which);
  }
  /// The rest of one that was split.
  void insert_behind(sent_segment* before, sent_segment& which) noexcept {
    which.older = before;
    which.newer = before == nullptr ? oldest_ : before->newer;
    (which.newer == nullptr ? newest_ : which.newer->older) = &which;
    (before == nullptr ? oldest_ : before->newer) = &which;
  }
  void remove(sent_segment& which) noexcept {
    (which.older == nullptr ? oldest_ : which.older->newer) = which.newer;
    (which.newer == nullptr ? newest_ : which.newer->older) = which.older;
  }

 private:
  [[nodiscard]] static bool is_later(const sent_segment& one, const sent_segment& other) noexcept {
    return one.sent_at > other.sent_at || (one.sent_at == other.sent_at && one.end() > other.end());
  }

  sent_segment* oldest_ = nullptr;
  sent_segment* newest_ = nullptr;
};

}  // namespace mirage::tcp_protocol
