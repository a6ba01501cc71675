// SPDX-License-Identifier: ISC
// The window that is offered to the peer: RFC 9293 §3.8.6, with the receiver's part against silly windows
// (§3.8.6.2.2), and its growth with what the application reads in a round trip.
#pragma once

#include <algorithm>
#include <cstdint>

#include "mirage/core/time.hpp"
#include "mirage/tcp/sequence.hpp"

namespace mirage::tcp_protocol {

class receive_window {
 public:
  receive_window(std::uint32_t capacity, std::uint32_t limit) noexcept
      : capacity_(std::min(capacity, limit)), limit_(limit) {}

  /// The first number that is not offered. It never moves back (RFC 9293 SHLD-14).
  [[nodiscard]] sequence edge() const noexcept { return edge_; }
  [[nodiscard]] std::uint32_t capacity() const noexcept { return capacity_; }
  void begin(sequence first) noexcept { edge_ = first; }

  /// What to offer now that `unread` bytes lie there: moves the edge, if it is worth it. `scale` is the shift
  /// of the field.
  std::uint32_t offer(sequence nxt, std::uint32_t unread, std::uint32_t mss, unsigned scale) noexcept {
    const std::uint32_t room = capacity_ > unread ? capacity_ - unread : 0;
    const sequence wanted = nxt + (room >> scale << scale);
    const std::uint32_t least = std::min(capacity_ / 2, mss);
    if (wanted > edge_ && wanted - edge_ >= least) edge_ = wanted;
    return edge_ > nxt ? edge_ - nxt : 0;
  }
  /// Whether the application has read so much that the peer should be told.
  [[nodiscard]] bool worth_telling(sequence nxt, std::uint32_t unread, std::uint32_t mss) const noexcept {
    const std::uint32_t room = capacity_ > unread ? capacity_ - unread : 0;
    const std::uint32_t offered = edge_ > nxt ? edge_ - nxt : 0;
    if (room <= offered) return false;
    const std::uint32_t more = room - offered;
    // A closed or nearly closed window opens as soon as it may; else a quarter is worth a segment.
    if (offered < 2 * mss) return more >= std::min(capacity_ / 2, 2 * mss);
    return more >= std::max(capacity_ / 4, 2 * mss);
  }

  /// `bytes` were read by the application. Grows the capacity so that two round
  /// trips of it fit.
  void read(std::uint32_t bytes, instant now, duration round_trip) noexcept {
    if (round_trip <= duration::zero()) return;
    if (now - round_since_ >= round_trip) {
      round_since_ = now;
      read_ = 0;
    }
    read_ += bytes;
    // The sender may double its window with each round trip, and the peer hears of this one a round trip
    // later.
    if (std::uint64_t{read_} * 4 <= capacity_) return;
    const std::uint64_t wanted = std::uint64_t{read_} * 4;
    capacity_ = static_cast<std::uint32_t>(std::min<std::uint64_t>(limit_, wanted));
  }

 private:
  sequence edge_{};
  std::uint32_t capacity_;
  std::uint32_t limit_;
  std::uint32_t read_ = 0;
  instant round_since_{};
};

}  // namespace mirage::tcp_protocol
