// SPDX-License-Identifier: ISC
// Which address is tried when: RFC 8305 §3 to §5. Addresses, failures and the passing of time in, attempts
// out. No I/O, no clock, no heap.
#pragma once

#include <cstddef>
#include <optional>

#include "mirage/core/inline_vector.hpp"
#include "mirage/core/ip_address.hpp"
#include "mirage/core/time.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// The values of RFC 8305 §8.
struct happy_eyeballs_options {
  duration resolution_delay = 50ms;  ///< that IPv4 waits for the addresses of IPv6
  duration attempt_delay = 250ms;    ///< between the beginnings of two attempts
  duration attempt_time = 10s;       ///< after which one that has no answer has failed
};

class happy_eyeballs_core {
 public:
  explicit happy_eyeballs_core(const happy_eyeballs_options& options) noexcept : options_(options) {}

  /// All addresses of the name, those to try first in front; the version of the first begins.
  void resolved(const v1::address_list& all) noexcept;
  /// Those of one version, perhaps none, where each is asked for by itself; IPv6 begins.
  void resolved_v6(const v1::address_list& some) noexcept;
  void resolved_v4(const v1::address_list& some, instant now) noexcept;
  /// An attempt has ended without a connection.
  void failed() noexcept;

  /// The address to try now; call until there is none.
  [[nodiscard]] std::optional<ip_address> poll(instant now) noexcept;
  /// When to call `poll` again; `never`: when something has happened.
  [[nodiscard]] instant next_timeout() const noexcept;
  /// Whether everything was tried, and nothing is left that could still succeed.
  [[nodiscard]] bool exhausted() const noexcept {
    return v6_is_known_ && v4_is_known_ && underway_ == 0 && untried() == 0;
  }

 private:
  /// Addresses of one version in their order.
  struct queue {
    v1::address_list list{};
    std::size_t next = 0;
    [[nodiscard]] bool empty() const noexcept { return next == list.size(); }
    [[nodiscard]] std::size_t size() const noexcept { return list.size() - next; }
  };
  [[nodiscard]] std::size_t untried() const noexcept { return v6_.size() + v4_.size(); }
  [[nodiscard]] instant earliest() const noexcept;
  [[nodiscard]] ip_address take() noexcept;

  happy_eyeballs_options options_;
  queue v6_;
  queue v4_;
  bool v6_is_known_ = false;
  bool v4_is_known_ = false;
  bool v6_is_next_ = true;
  bool began_ = false;
  std::size_t underway_ = 0;
  instant patience_ = never;  // for the addresses of IPv6
  instant not_before_{};      // an attempt more, once there was one
};

}  // namespace mirage
