// SPDX-License-Identifier: ISC
// When a message of DHCPv6 is sent again: RFC 8415 §15. The times double, each a tenth more or less, up to a
// greatest one; then it is given up after so many messages, or so long.
#pragma once

#include <cstdint>

#include "mirage/core/hash.hpp"
#include "mirage/core/time.hpp"

namespace mirage {

struct dhcp6_times {
  duration first;         ///< IRT
  duration greatest{};    ///< MRT; nothing: it has no bound
  unsigned messages = 0;  ///< MRC; 0: it has no bound
};

class dhcp6_retransmission {
 public:
  explicit dhcp6_retransmission(std::uint64_t seed) noexcept : random_(seed) {}

  /// The first message is sent now. `later_only`: the first wait is not shorter than it should be, as for the
  /// first Solicit.
  void begin(const dhcp6_times& times, bool later_only, instant now) noexcept {
    times_ = times;
    began_ = now;
    sent_ = 1;
    wait_ = later_only ? times.first + random_up_to(times.first / 10) : vary(times.first, times.first);
  }
  /// Another message is sent; false if it is time to give up instead.
  [[nodiscard]] bool again() noexcept {
    if (times_.messages != 0 && sent_ >= times_.messages) return false;
    ++sent_;
    wait_ = vary(2 * wait_, wait_);
    if (times_.greatest > duration::zero() && wait_ > times_.greatest)
      wait_ = vary(times_.greatest, times_.greatest);
    return true;
  }
  /// From the last message to the next.
  [[nodiscard]] duration wait() const noexcept { return wait_; }
  [[nodiscard]] bool is_first() const noexcept { return sent_ == 1; }
  [[nodiscard]] instant began() const noexcept { return began_; }
  void set_greatest(duration greatest) noexcept { times_.greatest = greatest; }

  [[nodiscard]] std::uint64_t random() noexcept { return random_ = hash_mix(random_, 0x6468'6336); }
  [[nodiscard]] duration random_up_to(duration most) noexcept {
    return duration(static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(most.count() + 1)));
  }

 private:
  [[nodiscard]] duration vary(duration wait, duration by) noexcept {
    return wait - by / 10 + random_up_to(by / 5);
  }

  std::uint64_t random_;
  dhcp6_times times_{};
  instant began_{};
  unsigned sent_ = 0;
  duration wait_{};
};

}  // namespace mirage
