// SPDX-License-Identifier: ISC
// Ends slow start before the queue of the bottleneck overflows, by two signs that each round is watched for:
//
// - Round trips grow longer: HyStart++, RFC 9406; §4.3 has the constants. It needs a queue that stands for a
//   whole round trip. A queue that holds no more than one window overflows in that round.
// - Acknowledgements come one close behind the other for half a round trip: the train of HyStart (Ha and
// Rhee,
//   "Taming the elephants: New TCP slow start", 2011). What left at once at the beginning of the round took
//   so long to pass the bottleneck. So it was half of what the path holds, and with what was sent since, the
//   window is all of it.
//
// The second sign is for senders without pacing, as this one is.
#pragma once

#include <cstdint>

#include "mirage/core/time.hpp"
#include "mirage/tcp/sequence.hpp"

namespace mirage::tcp_protocol {

class hystart {
 public:
  enum class phase : std::uint8_t { slow_start, conservative, done };

  /// A sample of an acknowledgement up to `una`, while numbers up to `nxt` were sent. True when slow start is
  /// over.
  bool sample(duration rtt, sequence una, sequence nxt, instant now) noexcept;
  /// An acknowledgement, after its sample, where the window is what limits the sender. True when slow start
  /// is over.
  bool follow_train(instant now) noexcept;
  /// How much more slowly the window grows now.
  [[nodiscard]] std::uint32_t divisor() const noexcept { return phase_ == phase::conservative ? 4 : 1; }

 private:
  void begin_round(sequence nxt, instant now) noexcept;

  sequence round_end_{};
  // Microseconds; `unknown` before a sample.
  static constexpr std::uint32_t unknown = UINT32_MAX;
  std::uint32_t last_lowest_ = unknown;
  std::uint32_t lowest_ = unknown;
  std::uint32_t baseline_ = unknown;
  std::uint32_t round_began_ = 0;  // by the clock, and so is the other; they wrap
  std::uint32_t train_end_ = 0;
  std::uint8_t samples_ = 0;
  std::uint8_t conservative_rounds_ = 0;
  phase phase_ = phase::slow_start;
  bool begun_ = false;
};

}  // namespace mirage::tcp_protocol
