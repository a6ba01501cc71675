// SPDX-License-Identifier: ISC
// HyStart++: RFC 9406. Ends slow start when round trips grow longer, before the queue of the bottleneck
// overflows; §4.3 has the constants.
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
  bool sample(duration rtt, sequence una, sequence nxt) noexcept;
  /// How much more slowly the window grows now.
  [[nodiscard]] std::uint32_t divisor() const noexcept { return phase_ == phase::conservative ? 4 : 1; }
  void restart() noexcept { *this = {}; }

 private:
  void begin_round(sequence nxt) noexcept;

  sequence round_end_{};
  // Microseconds; `unknown` before a sample.
  static constexpr std::uint32_t unknown = UINT32_MAX;
  std::uint32_t last_lowest_ = unknown;
  std::uint32_t lowest_ = unknown;
  std::uint32_t baseline_ = unknown;
  std::uint8_t samples_ = 0;
  std::uint8_t conservative_rounds_ = 0;
  phase phase_ = phase::slow_start;
  bool begun_ = false;
};

}  // namespace mirage::tcp_protocol
