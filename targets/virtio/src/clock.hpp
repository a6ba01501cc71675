// SPDX-License-Identifier: ISC
// Time on a PC: the processor's time-stamp counter. KVM tells its rate and the time of day; elsewhere the
// rate is measured against the timer chip (Intel 8254) and the battery-backed clock (MC146818) tells the time
// of day.
#pragma once

#include <cstdint>

#include "mirage/core/time.hpp"
#include "mirage/freestanding/scale.hpp"

namespace mirage {

class pc_clock {
 public:
  /// May take two milliseconds. Stops the unikernel where there is nothing to measure against.
  pc_clock() noexcept;

  [[nodiscard]] instant monotonic() const noexcept;
  [[nodiscard]] wall_time wall() const noexcept { return wall_time{monotonic() - instant{} + wall_offset_}; }

 private:
  freestanding::scale nanoseconds_;
  std::uint64_t origin_ = 0;
  duration wall_offset_{};
};

}  // namespace mirage
