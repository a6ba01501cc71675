// SPDX-License-Identifier: ISC
// The page that Xen shares with a guest (xen/include/public/xen.h, struct shared_info, x86-64): which event
// channels have something, and the clocks. Xen writes to it at any time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mirage::xen {

struct vcpu_time_info {
  std::uint32_t version;  // odd while Xen writes
  std::uint32_t pad0;
  std::uint64_t tsc_timestamp;
  std::uint64_t system_time;  // nanoseconds, when the counter was at `tsc_timestamp`
  std::uint32_t tsc_to_system_mul;
  std::int8_t tsc_shift;
  std::uint8_t flags;
  std::uint8_t pad1[2];
};

struct vcpu_info {
  std::uint8_t evtchn_upcall_pending;
  std::uint8_t evtchn_upcall_mask;
  std::uint8_t pad[6];
  std::uint64_t evtchn_pending_sel;  // a bit a word of `evtchn_pending`
  std::uint64_t arch[2];
  vcpu_time_info time;
};

struct shared_info {
  static constexpr std::size_t words = 64;
  vcpu_info vcpus[32];
  std::uint64_t evtchn_pending[words];  // a bit a port
  std::uint64_t evtchn_mask[words];
  std::uint32_t wc_version;  // odd while Xen writes
  std::uint32_t wc_sec;      // the time of day when the system time was 0
  std::uint32_t wc_nsec;
  std::uint32_t wc_sec_hi;
};
static_assert(sizeof(vcpu_info) == 64 && offsetof(shared_info, evtchn_pending) == 2048 &&
              offsetof(shared_info, wc_version) == 3072);

}  // namespace mirage::xen
