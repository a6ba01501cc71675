// SPDX-License-Identifier: ISC
// What every driver of a network counts, by the same names, so that one question shows the lost frames of
// all.
#pragma once

#include <string_view>

#include "mirage/core/counters.hpp"

namespace mirage {

struct network_counters {
  /// `device`, the value of the label, must outlive it.
  explicit network_counters(std::string_view device) noexcept : label{"device", device} {}

  /// One more reason for which this driver loses frames.
  [[nodiscard]] counter dropped(const char* reason) const noexcept {
    return counter(label, "network_dropped_total", {"reason", reason});
  }

  const metric_label label;
  counter received{label, "network_received_frames_total", "Frames that were received"};
  counter sent{label, "network_sent_frames_total", "Frames that were handed to the device"};
  counter full{label, "network_dropped_total", {"reason", "full"}, "Frames that were not sent or seen"};
  counter no_memory = dropped("memory");
  counter malformed = dropped("malformed");
  counter nobody_listens = dropped("nobody_listens");
};

/// Of a driver that shares rings with its host.
struct ring_network_counters : network_counters {
  using network_counters::network_counters;

  counter merged{label, "network_merged_frames_total", "Received frames that came in several pieces"};
  counter doorbells{label, "network_doorbells_total", "Times that the device was told of frames to send"};
  counter down = dropped("down");
};

}  // namespace mirage
