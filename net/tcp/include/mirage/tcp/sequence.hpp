// SPDX-License-Identifier: ISC
// Sequence numbers: RFC 9293 §3.4. They wrap at 2^32; the order of two is meaningful while they lie less than
// 2^31 apart, which windows of at most 2^30 bytes see to (RFC 7323 §2.3).
#pragma once

#include <cstdint>

namespace mirage::tcp_protocol {

class sequence {
 public:
  constexpr sequence() noexcept = default;
  constexpr explicit sequence(std::uint32_t value) noexcept : value_(value) {}
  [[nodiscard]] constexpr std::uint32_t value() const noexcept { return value_; }

  friend constexpr sequence operator+(sequence a, std::uint32_t by) noexcept {
    return sequence(a.value_ + by);
  }
  friend constexpr sequence operator-(sequence a, std::uint32_t by) noexcept {
    return sequence(a.value_ - by);
  }
  constexpr sequence& operator+=(std::uint32_t by) noexcept {
    value_ += by;
    return *this;
  }
  /// How far `a` lies behind `b`; wraps when it lies before.
  friend constexpr std::uint32_t operator-(sequence a, sequence b) noexcept { return a.value_ - b.value_; }

  friend constexpr bool operator==(sequence, sequence) noexcept = default;
  friend constexpr bool operator<(sequence a, sequence b) noexcept {
    return static_cast<std::int32_t>(a.value_ - b.value_) < 0;
  }
  friend constexpr bool operator>(sequence a, sequence b) noexcept { return b < a; }
  friend constexpr bool operator<=(sequence a, sequence b) noexcept { return !(b < a); }
  friend constexpr bool operator>=(sequence a, sequence b) noexcept { return !(a < b); }

 private:
  std::uint32_t value_ = 0;
};

[[nodiscard]] constexpr sequence later_of(sequence a, sequence b) noexcept { return a < b ? b : a; }
[[nodiscard]] constexpr sequence earlier_of(sequence a, sequence b) noexcept { return a < b ? a : b; }

}  // namespace mirage::tcp_protocol
