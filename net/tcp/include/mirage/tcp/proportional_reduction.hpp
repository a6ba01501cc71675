// SPDX-License-Identifier: ISC
// Proportional rate reduction: RFC 6937. While losses are repaired, the window goes down to the threshold in
// step with what arrives, instead of at once; below the threshold it grows as in slow start.
#pragma once

#include <algorithm>
#include <cstdint>

namespace mirage::tcp_protocol {

class proportional_reduction {
 public:
  void begin(std::uint32_t in_flight) noexcept {
    at_begin_ = std::max<std::uint32_t>(1, in_flight);
    delivered_ = sent_ = 0;
  }
  void sent(std::uint32_t bytes) noexcept { sent_ += bytes; }

  /// The window after an acknowledgement that told of `arrived` new bytes. `progress`: it moved SND.UNA and
  /// nothing more was found to be lost.
  [[nodiscard]] std::uint32_t window(std::uint32_t arrived, std::uint32_t in_flight, std::uint32_t threshold,
                                     std::uint32_t mss, bool progress) noexcept {
    delivered_ += arrived;
    std::int64_t more = 0;
    if (in_flight > threshold) {
      const std::uint64_t share = (std::uint64_t{delivered_} * threshold + at_begin_ - 1) / at_begin_;
      more = static_cast<std::int64_t>(share) - sent_;
    } else {
      // A retransmission that was lost, too, counts as sent and never arrives; so what arrives now may be
      // replaced in any case.
      std::int64_t limit = std::max<std::int64_t>(std::int64_t{delivered_} - sent_, arrived);
      if (progress) limit += mss;
      more = std::min<std::int64_t>(threshold - in_flight, limit);
    }
    // The first lost segment goes out at once.
    if (sent_ == 0) more = std::max<std::int64_t>(more, mss);
    return in_flight + static_cast<std::uint32_t>(std::max<std::int64_t>(0, more));
  }

 private:
  std::uint32_t at_begin_ = 1;   // RecoverFS
  std::uint32_t delivered_ = 0;  // prr_delivered
  std::uint32_t sent_ = 0;       // prr_out
};

}  // namespace mirage::tcp_protocol
