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

  /// In bytes.
  struct acknowledgement {
    std::uint32_t arrived = 0;    ///< of which it is the first to tell
    std::uint32_t in_flight = 0;  ///< after it
    std::uint32_t unused = 0;     ///< left of the window before it: several may come before anything is sent
    bool progress = false;        ///< it moved SND.UNA, and nothing more was found to be lost
  };
  /// The window after an acknowledgement.
  [[nodiscard]] std::uint32_t window(const acknowledgement& came, std::uint32_t threshold,
                                     std::uint32_t mss) noexcept {
    delivered_ += came.arrived;
    std::int64_t more = 0;
    if (came.in_flight > threshold) {
      const std::uint64_t share = (std::uint64_t{delivered_} * threshold + at_begin_ - 1) / at_begin_;
      more = static_cast<std::int64_t>(share) - sent_;
    } else {
      // A retransmission that was lost, too, counts as sent and never arrives; so what arrives now may be
      // replaced in any case.
      const std::int64_t replaced = std::int64_t{came.arrived} + (sent_ > 0 ? came.unused : 0);
      std::int64_t limit = std::max<std::int64_t>(std::int64_t{delivered_} - sent_, replaced);
      if (came.progress) limit += mss;
      more = std::min<std::int64_t>(threshold - came.in_flight, limit);
    }
    // The first lost segment goes out at once.
    if (sent_ == 0) more = std::max<std::int64_t>(more, mss);
    return came.in_flight + static_cast<std::uint32_t>(std::max<std::int64_t>(0, more));
  }

 private:
  std::uint32_t at_begin_ = 1;   // RecoverFS
  std::uint32_t delivered_ = 0;  // prr_delivered
  std::uint32_t sent_ = 0;       // prr_out
};

}  // namespace mirage::tcp_protocol
