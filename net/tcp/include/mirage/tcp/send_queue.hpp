// SPDX-License-Identifier: ISC
// The bytes from SND.UNA on: those that were sent and wait to be acknowledged, and those that wait to be
// sent. What was sent is a list of `sent_segment`s, which is the scoreboard of RFC 6675, too. The bytes
// themselves are the application's buffers; nothing is copied.
#pragma once

#include <cstdint>
#include <utility>

#include "mirage/core/buffer.hpp"
#include "mirage/core/buffer_list.hpp"
#include "mirage/tcp/resources.hpp"
#include "mirage/tcp/sent_order.hpp"

namespace mirage::tcp_protocol {

class send_queue {
 public:
  explicit send_queue(resources& shared) noexcept : shared_(shared) {}
  send_queue(const send_queue&) = delete;
  send_queue& operator=(const send_queue&) = delete;
  ~send_queue() { clear(); }

  /// The first byte that is written will have this number.
  void begin(sequence first) noexcept { una_ = nxt_ = first; }
  void clear() noexcept;

  /// Takes up to `room` bytes from the front of `from`, and gives how many; 0 at a cap on memory.
  std::uint32_t append(buffer& from, std::uint32_t room) noexcept;

  [[nodiscard]] sequence una() const noexcept { return una_; }  ///< SND.UNA
  [[nodiscard]] sequence nxt() const noexcept { return nxt_; }  ///< SND.NXT
  /// Bytes that were not sent yet.
  [[nodiscard]] std::uint32_t unsent() const noexcept { return unsent_; }
  /// Bytes that are held, sent or not.
  [[nodiscard]] std::uint32_t held() const noexcept { return held_; }
  [[nodiscard]] std::uint32_t outstanding() const noexcept { return nxt_ - una_; }
  [[nodiscard]] std::uint32_t sacked() const noexcept { return sacked_; }
  [[nodiscard]] std::uint32_t lost() const noexcept { return lost_; }
  /// RFC 6675 §4, pipe: what is believed to be on the way.
  [[nodiscard]] std::uint32_t in_flight() const noexcept {
    const std::uint32_t gone = sacked_ + lost_;
    return outstanding() > gone ? outstanding() - gone : 0;
  }

  [[nodiscard]] sent_segment* first() const noexcept { return first_; }
  [[nodiscard]] sent_segment* last() const noexcept { return last_; }
  /// Of those that are neither SACKed nor lost, the one that was sent first; `newer` leads to the others.
  [[nodiscard]] sent_segment* oldest() const noexcept { return order_.oldest(); }
  /// The first that is lost and not sent again yet, or null.
  [[nodiscard]] sent_segment* first_lost() const noexcept;

  /// Where the bytes are that are sent next.
  struct place {
    const chunk* data = nullptr;
    std::uint32_t offset = 0;
  };
  [[nodiscard]] place next_unsent() const noexcept { return {cursor_, cursor_offset_}; }
  /// How many bytes lie in the first `parts` pieces of memory from there on, at most `length`.
  [[nodiscard]] static std::uint32_t bytes_in(place from, std::uint32_t length, std::uint32_t parts) noexcept;
  static void copy(place from, bytes to) noexcept;
  /// References instead of a copy; they must fit in the list.
  static void gather(place from, std::uint32_t length, buffer_list& to) noexcept;

  /// The next bytes were sent. Joined to the last entry if that left at the same time and both together are
  /// no longer than `most`. False at a cap on memory: then nothing is changed.
  [[nodiscard]] bool sent(std::uint32_t length, bool fin, instant now, std::uint32_t most) noexcept;
  /// The same, of one segment that is longer than others are.
  [[nodiscard]] bool sent_probe(std::uint32_t length, instant now) noexcept;
  /// The first `length` of it were sent again.
  void sent_again(sent_segment& which, std::uint32_t length, instant now) noexcept;
  /// False at a cap on memory.
  [[nodiscard]] bool split(sent_segment& which, std::uint32_t length) noexcept;

  /// Everything before `ack` has arrived: `visit(const sent_segment&)` for each entry that goes and was not
  /// SACKed before. Gives how many numbers were neither acknowledged nor SACKed before.
  template <class Visit>
  std::uint32_t acknowledge(sequence ack, Visit visit) noexcept {
    std::uint32_t fresh = 0;
    while (first_ != nullptr && una_ < ack) {
      const std::uint32_t part = ack - una_;
      if (part < first_->length) {
        trim(part, fresh);
        break;
      }
      if (!first_->sacked) {
        fresh += first_->length;
        visit(*first_);
      }
      drop_first();
    }
    return fresh;
  }
  /// The peer has [begin, end). As `acknowledge`, for the entries that are new.
  template <class Visit>
  std::uint32_t sack(sequence begin, sequence end, Visit visit) noexcept {
    std::uint32_t fresh = 0;
    for (sent_segment* at = find(begin); at != nullptr && at->begin < end; at = at->next) {
      sack_hint_ = at;
      if (at->sacked || at->end() <= begin) continue;
      if (at->begin < begin) {
        if (!split(*at, begin - at->begin)) return fresh;
        continue;
      }
      if (at->end() > end && !split(*at, end - at->begin)) return fresh;
      visit(*at);
      fresh += at->length;
      at = sack_hint_ = mark_sacked(*at);
    }
    return fresh;
  }

  void mark_lost(sent_segment& which) noexcept;
  /// How long the probe of the path was that was found to be lost since the last call, or 0.
  [[nodiscard]] std::uint32_t take_lost_probe() noexcept { return std::exchange(lost_probe_, 0u); }
  void unmark_lost(sent_segment& which) noexcept;
  void unmark_all_lost() noexcept;
  /// After a timeout: everything that the peer is not known to have. `forget_sacks` where the peer has gone
  /// back on what it said (RFC 2018 §8).
  void mark_all_lost(bool forget_sacks) noexcept;

  /// Of a peer without SACK: that many bytes count as if they had arrived (RFC 5681 §3.2 in terms of pipe).
  void set_presumed(std::uint32_t bytes) noexcept;

 private:
  void trim(std::uint32_t part, std::uint32_t& fresh) noexcept;
  void drop_first() noexcept;
  /// An entry not behind the one that has this number: near to where the last SACK was, or to the front.
  [[nodiscard]] sent_segment* find(sequence number) const noexcept;
  /// The entry that it is then: joined to its neighbours.
  sent_segment* mark_sacked(sent_segment& which) noexcept;
  void join_next(sent_segment& which) noexcept;
  void release(std::uint32_t payload) noexcept;
  static void advance(chunk*& data, std::uint32_t& offset, std::uint32_t by) noexcept;

  resources& shared_;
  sequence una_{};
  sequence nxt_{};
  chunk* front_ = nullptr;
  chunk* back_ = nullptr;
  chunk* cursor_ = nullptr;  // null: everything was sent
  std::uint32_t front_offset_ = 0;
  std::uint32_t cursor_offset_ = 0;
  std::uint32_t unsent_ = 0;
  std::uint32_t held_ = 0;
  std::uint32_t sacked_ = 0;  // by entries, and presumed
  std::uint32_t presumed_ = 0;
  std::uint32_t lost_ = 0;
  std::uint32_t lost_probe_ = 0;
  sent_segment* first_ = nullptr;
  sent_segment* last_ = nullptr;
  mutable sent_segment* lost_hint_ = nullptr;  // none before it is lost
  sent_segment* sack_hint_ = nullptr;
  sent_order order_;
};

}  // namespace mirage::tcp_protocol
