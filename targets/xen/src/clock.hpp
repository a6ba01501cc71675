// SPDX-License-Identifier: ISC
// Time as Xen tells a guest: how the time-stamp counter counts, and the time of day, in the shared page
// (xen/include/public/xen.h). Xen changes both while the guest runs, so they are read each time.
#pragma once

#include <cstdint>

#include "mirage/core/time.hpp"
#include "mirage/xen/shared_info.hpp"

namespace mirage {

class xen_clock {
 public:
  /// Begins at zero. The page must outlive it.
  explicit xen_clock(const xen::shared_info& page) noexcept : page_(page) { go_on_from(instant{}); }

  /// Never goes back, also where the counters of two processors differ between which Xen moves us.
  [[nodiscard]] instant monotonic() noexcept;
  [[nodiscard]] wall_time wall() const noexcept;
  /// It is that moment now: Xen counts from somewhere else when the domain was restored.
  void go_on_from(instant now) noexcept;
  /// The same moment as Xen counts, in nanoseconds.
  [[nodiscard]] std::uint64_t system_time_at(instant when) const noexcept {
    return origin_ + static_cast<std::uint64_t>((when - instant{}).count());
  }

 private:
  [[nodiscard]] std::uint64_t system_time() const noexcept;

  const xen::shared_info& page_;
  std::uint64_t origin_ = 0;
  instant latest_{};
};

}  // namespace mirage
