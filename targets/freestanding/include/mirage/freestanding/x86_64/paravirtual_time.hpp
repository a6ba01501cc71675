// SPDX-License-Identifier: ISC
// The page in which Xen and KVM alike tell a guest how its time-stamp counter counts: vcpu_time_info of
// xen/include/public/xen.h, pvclock_vcpu_time_info of Linux.
#pragma once

#include <cstdint>

#include "mirage/freestanding/scale.hpp"

namespace mirage::freestanding {

struct paravirtual_time {
  std::uint32_t version;  // odd while the host writes
  std::uint32_t padding;
  std::uint64_t time_stamp;
  std::uint64_t nanoseconds;  // when the counter was at `time_stamp`
  std::uint32_t factor;       // in units of 2^-32, of what `shift` has made of the ticks
  std::int8_t shift;
  std::uint8_t flags;
  std::uint8_t padding2[2];
};
static_assert(sizeof(paravirtual_time) == 32);

/// Of a copy that was read whole.
[[nodiscard]] constexpr scale scale_of(const paravirtual_time& from) noexcept {
  const std::uint64_t factor = from.factor;
  return {from.shift >= 0 ? factor << from.shift : factor >> -from.shift};
}

/// What it says when the counter is at `ticks`. A counter may be behind the one of the processor that wrote:
/// then no time has passed yet.
[[nodiscard]] constexpr std::uint64_t nanoseconds_at(const paravirtual_time& from,
                                                     std::uint64_t ticks) noexcept {
  const std::uint64_t passed = ticks - from.time_stamp;
  const bool is_behind = passed >> 63U != 0;
  return from.nanoseconds + (is_behind ? 0 : scale_of(from)(passed));
}

}  // namespace mirage::freestanding
