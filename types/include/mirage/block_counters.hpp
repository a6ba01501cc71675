// SPDX-License-Identifier: ISC
// What every driver of a disk counts, by the same names.
#pragma once

#include <string_view>

#include "mirage/core/counters.hpp"

namespace mirage {

struct block_counters {
  /// `device`, the value of the label, must outlive it.
  explicit block_counters(std::string_view device) noexcept : label{"device", device} {}

  const metric_label label;
  counter reads{label, "block_reads_total", "Reads that were begun"};
  counter writes{label, "block_writes_total", "Writes that were begun"};
  counter refused{label, "block_refused_total", "Operations refused at a cap"};
  counter failed{label, "block_failed_total", "Operations that the device or the host said no to"};
};

/// Of a driver that shares a ring with its host.
struct ring_block_counters : block_counters {
  using block_counters::block_counters;

  counter doorbells{label, "block_doorbells_total", "Times that the device was told of operations"};
};

}  // namespace mirage
