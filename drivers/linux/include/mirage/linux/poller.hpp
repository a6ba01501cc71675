// SPDX-License-Identifier: ISC
// The descriptors that a node watches, over epoll(7), and the sleep of its loop.
#pragma once

#include <cstdint>

#include "mirage/core/loop.hpp"
#include "mirage/core/machine.hpp"
#include "mirage/core/time.hpp"
#include "mirage/linux/file_descriptor.hpp"

namespace mirage {

class poller {
 public:
  poller() noexcept;

  /// As `machine::watch`. A descriptor is registered once, edge by edge, for everything: what it costs later
  /// is one call a batch of events.
  result<void, machine::watch_error> watch(machine::descriptor_source& source, int descriptor) noexcept;
  void unwatch(machine::descriptor_source& source, int descriptor) noexcept;

  /// As `os::platform::wait`: marks in `tasks` what is ready. The nap for a batch comes first, so that what
  /// arrives meanwhile needs no wake-up of its own. Returns early when a signal comes.
  void wait(loop& tasks, instant deadline, duration coalesce) noexcept;

  /// How often the kernel was asked, and how many events it gave.
  struct totals {
    std::uint64_t waits = 0;
    std::uint64_t naps = 0;
    std::uint64_t events = 0;
  };
  [[nodiscard]] const totals& counted() const noexcept { return totals_; }

 private:
  file_descriptor epoll_;
  bool has_nanoseconds_ = true;  // epoll_pwait2, Linux 5.11
  totals totals_;
};

}  // namespace mirage
