// SPDX-License-Identifier: ISC
// A node in a Linux process, with what the kernel must give for core's two seams. Whoever fills the seams
// (targets/unix, a test) makes `os::here` point to one of these and calls it.
#pragma once

#include <string_view>

#include "mirage/core/node.hpp"
#include "mirage/core/time.hpp"
#include "mirage/linux/entropy.hpp"
#include "mirage/linux/poller.hpp"

namespace mirage {

class host_node : public os::node {
 public:
  using node::node;

  /// The node that runs; it must be one of these.
  [[nodiscard]] static host_node& here() noexcept { return static_cast<host_node&>(*os::here); }

  poller events;
  entropy_buffer entropy;
};

namespace host {

/// CLOCK_MONOTONIC and CLOCK_REALTIME.
[[nodiscard]] instant read_monotonic() noexcept;
[[nodiscard]] wall_time read_wall() noexcept;

/// Writes all of it, however often the kernel takes only a part or a signal comes between; waits where the
/// descriptor is not ready. What cannot be written because nobody reads any more is dropped.
void write_whole(int descriptor, std::string_view text) noexcept;

}  // namespace host
}  // namespace mirage
