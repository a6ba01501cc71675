// SPDX-License-Identifier: ISC
// The echo requests that wait for their answers; those of ICMP and of ICMPv6 alike.
#pragma once

#include <cstdint>
#include <optional>

#include "mirage/core/event.hpp"
#include "mirage/core/list.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/when.hpp"
#include "mirage/v1.hpp"

namespace mirage {

template <class Address>
class echo_requests {
 public:
  /// One that is waited for as long as it lives.
  class request : list_link {
   public:
    request(echo_requests& of, const Address& to) noexcept : to_(to), sequence_(++of.last_sequence_) {
      of.waiting_.push_back(*this);
    }
    [[nodiscard]] std::uint16_t sequence() const noexcept { return sequence_; }
    /// How long the answer took, since the request was made; `unreachable` when none comes within `limit`,
    /// and what `failed` said as soon as it is said.
    task<result<duration, v1::net_error>> answer(duration limit) {
      auto came = co_await with_timeout(limit, wait_for(answered_));
      if (!came) co_return fail(v1::net_error::unreachable);
      if (error_) co_return fail(*error_);
      co_return when_ - made_;
    }

   private:
    friend class echo_requests;
    static task<> wait_for(event& happened) { co_await happened; }
    Address to_;
    std::uint16_t sequence_;
    instant made_ = os::monotonic();
    instant when_{};
    std::optional<v1::net_error> error_;
    event answered_;
  };

  /// Of all of them.
  [[nodiscard]] std::uint16_t identifier() const noexcept { return identifier_; }

  /// An answer came; false if nobody waits for it. It counts from whom was asked only, unless that was many.
  bool answered(const Address& from, std::uint16_t identifier, std::uint16_t sequence) noexcept {
    bool expected = false;
    waiting_.for_each([&](list_link& link) {
      request& one = static_cast<request&>(link);
      if (identifier != identifier_ || sequence != one.sequence_) return;
      if (one.to_ != from && !is_many(one.to_)) return;
      expected = true;
      if (!one.answered_.is_set()) one.when_ = os::monotonic();
      one.answered_.set();
    });
    return expected;
  }
  /// A request did not get there. One to many may have got to others.
  void failed(const Address& to, std::uint16_t identifier, std::uint16_t sequence,
              v1::net_error why) noexcept {
    waiting_.for_each([&](list_link& link) {
      request& one = static_cast<request&>(link);
      if (identifier != identifier_ || sequence != one.sequence_ || to != one.to_ || is_many(to)) return;
      if (one.answered_.is_set()) return;
      one.error_ = why;
      one.answered_.set();
    });
  }

 private:
  [[nodiscard]] static bool is_many(const Address& to) noexcept {
    if constexpr (requires { to.is_broadcast(); })
      if (to.is_broadcast()) return true;
    return to.is_multicast();
  }
  std::uint16_t identifier_ = static_cast<std::uint16_t>(os::random64());
  std::uint16_t last_sequence_ = 0;
  list waiting_;
};

}  // namespace mirage
