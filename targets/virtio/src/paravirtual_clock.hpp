// SPDX-License-Identifier: ISC
// The clock that KVM offers its guests (Linux, Documentation/virt/kvm/x86/msr.rst, MSR_KVM_SYSTEM_TIME_NEW
// and MSR_KVM_WALL_CLOCK_NEW), read once at the start. Not implemented: following it when a guest moves to a
// host with another processor.
#pragma once

#include <cstdint>
#include <optional>

#include "mirage/core/time.hpp"
#include "mirage/freestanding/scale.hpp"

namespace mirage {

struct paravirtual_clock {
  freestanding::scale nanoseconds;  // of the time-stamp counter
  wall_time wall;                   // when the counter was at `at`
  std::uint64_t at = 0;
};

/// Nothing where the hypervisor is another one, or where its time-stamp counter is not constant.
std::optional<paravirtual_clock> read_paravirtual_clock() noexcept;

}  // namespace mirage
