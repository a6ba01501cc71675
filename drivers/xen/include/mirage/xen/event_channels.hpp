// SPDX-License-Identifier: ISC
// Which event channels have something, and who wants to know: the bits of two levels in the shared page
// (xen/include/public/event_channel.h). No hypercall is made here.
#pragma once

#include <array>
#include <cstddef>

#include "mirage/core/loop.hpp"
#include "mirage/xen/hypervisor.hpp"
#include "mirage/xen/shared_info.hpp"

namespace mirage::xen {

class event_channels {
 public:
  /// Xen gives the lowest port that is free, so these are the first so many channels.
  static constexpr event_port most_ports = 256;

  /// Begins with every port closed to us. The page must outlive it.
  explicit event_channels(shared_info& page) noexcept;
  event_channels(const event_channels&) = delete;
  event_channels& operator=(const event_channels&) = delete;

  /// The source is marked in `tasks` now and at each event. `port` is below `most_ports`.
  void watch(loop& tasks, event_source& source, event_port port) noexcept;
  void unwatch(event_port port) noexcept;
  /// Events of this port end a sleep, and nothing else.
  void open(event_port port) noexcept;

  /// Whether something has arrived since the last `collect`.
  [[nodiscard]] bool has_arrived() const noexcept;
  /// Takes what has arrived, and marks whom it is for.
  void collect(loop& tasks) noexcept;

 private:
  shared_info& page_;
  std::array<event_source*, most_ports> sources_{};
};

}  // namespace mirage::xen
