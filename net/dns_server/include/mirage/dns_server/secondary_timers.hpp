// SPDX-License-Identifier: ISC
// When a secondary asks its primary again, and when it must stop to answer: RFC 1034 §4.3.5, RFC 1035
// §3.3.13.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "mirage/core/endian.hpp"
#include "mirage/core/time.hpp"
#include "mirage/dns/zone.hpp"

namespace mirage::dns {

class secondary_timers {
 public:
  /// There is no zone yet: it is asked for at once.
  explicit secondary_timers(instant now) noexcept : due_(now) {}

  /// When to ask.
  [[nodiscard]] instant due() const noexcept { return due_; }
  /// When to stop to answer; nothing while there is no zone.
  [[nodiscard]] std::optional<instant> expires() const noexcept { return expires_; }

  /// The primary has said that it has something new.
  void notified(instant now) noexcept { due_ = std::min(due_, now); }
  /// The zone is as new as the primary's.
  void succeeded(const zone& now_served, instant now) noexcept {
    const cbytes soa = now_served.apex().find(record_type::soa).rdata();
    const std::byte* times = soa.data() + soa.size() - 16;
    const auto seconds = [times](std::size_t i) {
      return std::chrono::seconds(std::clamp<std::uint32_t>(load_be32(times + 4 * i), 1, longest));
    };
    retry_ = seconds(1);
    due_ = later(now, seconds(0));
    expires_ = later(now, seconds(2));
  }
  /// The primary did not answer, or nonsense.
  void failed(instant now) noexcept {
    due_ = later(now, retry_);
    if (!expires_) retry_ = std::min<duration>(2 * retry_, 15min);
  }
  /// The zone is no longer served, and asked for as before.
  void expired() noexcept { expires_.reset(); }

 private:
  static constexpr std::uint32_t longest = 30 * 24 * 3600;
  instant due_;
  std::optional<instant> expires_;
  duration retry_ = 5s;  // without a zone twice as long each time
};

}  // namespace mirage::dns
