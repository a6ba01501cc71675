// SPDX-License-Identifier: ISC
// The memory in use, as gauges, for a unikernel that shows its counters.
#pragma once

#include "mirage/core/counters.hpp"
#include "mirage/core/node.hpp"
#include "mirage/core/os.hpp"

namespace mirage {

/// What lives in this node for as long as the gauges do. What is live and does not fall again after the load
/// is a leak; what is reserved stays, so that the next load finds it.
class memory_gauges {
 private:
  const os::node& node_ = *os::here;
  gauge in_use_{
      "memory_in_use_bytes", {}, "Given out by the heap, pools included", node_, [](const os::node&) {
        return os::memory_in_use();
      }};
  gauge frames_{"frames_live", {}, "Frames of coroutines", node_.frames, [](const frame_pool& pool) {
                  return pool.live();
                }};
  gauge frame_bytes_{
      "frames_reserved_bytes", {}, "The pool of frames", node_.frames, [](const frame_pool& pool) {
        return pool.reserved();
      }};
  gauge buffers_{"buffers_live", {}, "Packets and other buffers", node_.buffers, [](const buffer_pool& pool) {
                   return pool.live();
                 }};
  gauge buffer_bytes_{
      "buffers_reserved_bytes", {}, "The pool of buffers", node_.buffers, [](const buffer_pool& pool) {
        return pool.reserved();
      }};
};

}  // namespace mirage
