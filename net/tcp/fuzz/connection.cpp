// SPDX-License-Identifier: ISC
// A live connection, to which anything may come at any time, while its application writes, reads and ends it:
// it never sends more than it has, never goes back on what it acknowledged, and gives all memory back.
// covers: src/segment_arrives.cpp src/acknowledgement.cpp src/transmit.cpp src/timeouts.cpp
// src/send_queue.cpp src/reassembly.cpp
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "mirage/tcp/connection.hpp"
#include "mirage/test/virtual_node.hpp"

using namespace mirage;
using namespace mirage::tcp_protocol;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

/// The bytes of the input as numbers; zeros at its end.
class source {
 public:
  explicit source(std::span<const std::uint8_t> all) : left_(all) {}
  [[nodiscard]] bool empty() const { return left_.empty(); }
  std::uint8_t byte() {
    if (left_.empty()) return 0;
    const std::uint8_t first = left_.front();
    left_ = left_.subspan(1);
    return first;
  }
  /// Small numbers mostly, and now and then any.
  std::uint32_t number() {
    const std::uint8_t first = byte();
    if (first < 200) return first;
    std::uint32_t made = first;
    for (int i = 0; i < (first < 240 ? 1 : 3); ++i) made = made << 8 | byte();
    return made;
  }

 private:
  std::span<const std::uint8_t> left_;
};

class subject {
 public:
  subject(resources& shared, bool passive, bool segmenting)
      : core_(shared, {1000, 80, sequence(0xfffffff0), 5},
              {1500, 20, segmenting ? 65535u : 0u, segmenting ? 4u : 0u}),
        passive_(passive) {
    if (!passive) core_.connect(now_);
  }

  void step(source& from) {
    switch (from.byte() % 12) {
      case 0: {
        buffer data = buffer::allocate(from.number() % 5000 + 1);
        static_cast<void>(core_.write(data, now_));
        break;
      }
      case 1: static_cast<void>(core_.read(now_)); break;
      case 2: now_ += 1ms * from.number(); break;
      case 3: now_ = std::max(now_, std::min(core_.next_timeout(), now_ + 24h)); break;
      case 4:
        if (from.byte() < 20) core_.shutdown(now_);
        break;
      case 5:
        if (from.byte() < 10) core_.close(now_);
        break;
      case 6: core_.set_keep_alive(1ms * from.number(), now_); break;
      case 7:
        if (from.byte() < 40) core_.path_is_shorter(576 + from.number() % 900, now_);
        break;
      default: arrive(from); break;
    }
    flush();
    static_cast<void>(core_.take_events());
  }

 private:
  void arrive(source& from) {
    segment in;
    in.flags = from.byte();
    // Mostly what goes on from what is known.
    in.seq = core_.rcv_nxt() + from.number() - (from.byte() % 4 == 0 ? from.number() : 0u);
    in.ack = core_.snd_una() + from.number() - (from.byte() % 4 == 0 ? from.number() : 0u);
    if (from.byte() % 4 != 0) in.seq = core_.rcv_nxt();
    if (from.byte() % 4 == 0) in.ack = core_.snd_nxt();
    if (in.has(flag::syn) && from.byte() % 2 == 0) in.ack = sequence(0xfffffff1);
    in.window = static_cast<std::uint16_t>(from.number());
    in.congestion_experienced = from.byte() % 16 == 0;
    const std::uint8_t with = from.byte();
    if ((with & 1) != 0)
      in.options.times = timestamps{core_.recent_timestamp() + from.byte(), core_.timestamp(now_)};
    if ((with & 2) != 0) in.options.sack_permitted = true;
    if ((with & 4) != 0) in.options.window_scale = from.byte() % 15;
    if ((with & 8) != 0) in.options.mss = static_cast<std::uint16_t>(from.number());
    for (in.options.sack_count = 0; in.options.sack_count < (with >> 6); ++in.options.sack_count) {
      const sequence begin = core_.snd_una() + from.number() * 8;
      in.options.sack[in.options.sack_count] = {begin, begin + from.number() * 8};
    }
    if (passive_ && core_.current() == state::closed && !opened_) {
      if (!in.has(flag::syn)) return;
      opened_ = true;
      core_.accept(in, now_);
      return;
    }
    const sequence before = core_.rcv_nxt();
    const bool was_open = core_.is_synchronized();
    buffer payload = buffer::allocate(from.number() % 3000);
    static_cast<void>(core_.input(in, std::move(payload), now_));
    if (was_open) check(core_.rcv_nxt() >= before);
#ifdef MIRAGE_PLANTED_BUG
    if (core_.current() == state::closing) std::abort();
#endif
  }

  void flush() {
    transmission wanted;
    for (int i = 0; i < 200 && core_.poll(now_, wanted); ++i) {
      check(wanted.header_bytes() <= longest_header);
      check(wanted.length <= 65535);
      if (wanted.segment_size != 0) check(wanted.length > wanted.segment_size);
      const std::size_t size = core_.emit(wanted, memory_, true);
      check(size == wanted.header_bytes() + wanted.length);
      check(header_view::of(cbytes(memory_).first(size)).has_value());
      core_.sent(wanted, now_);
      check(core_.snd_una() <= core_.snd_nxt());
    }
  }

  connection core_;
  instant now_ = test::virtual_start;
  bool passive_;
  bool opened_ = false;
  static inline constinit std::array<std::byte, 70000> memory_{};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  test::virtual_node node;
  source from(std::span(data, std::min<std::size_t>(size, 4096)));
  const std::uint8_t how = from.byte();
  tcp_options options;
  options.congestion = (how & 1) != 0 ? congestion_algorithm::cubic : congestion_algorithm::new_reno;
  options.sack = (how & 2) != 0;
  options.timestamps = (how & 4) != 0;
  options.ecn = (how & 8) != 0;
  options.receive_buffer = 16384;
  statistics count("fuzz");
  resources shared(options, count);
  {
    subject under(shared, (how & 16) != 0, (how & 32) != 0);
    while (!from.empty()) under.step(from);
  }
  check(shared.chunks.live() == 0 && shared.segments.live() == 0 && shared.ranges.live() == 0);
  check(shared.out_of_order == 0);
  return 0;
}
