// SPDX-License-Identifier: ISC
// All mutable state of a unikernel, in one object behind one pointer. That is what lets the simulator run
// many nodes of one program in one process; no package has another mutable static (test/layering says so).
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "mirage/core/buffer_pool.hpp"
#include "mirage/core/coalescing.hpp"
#include "mirage/core/counters.hpp"
#include "mirage/core/frame_pool.hpp"
#include "mirage/core/log_levels.hpp"
#include "mirage/core/loop.hpp"
#include "mirage/core/shutdown_event.hpp"

namespace mirage::os {

/// Caps on memory, in bytes. At a cap a pool refuses and counts; `operator new` fails long after.
struct limits {
  std::size_t frames = std::size_t{1} << (sizeof(void*) == 8 ? 32 : 29);
  std::size_t buffers = std::size_t{1} << (sizeof(void*) == 8 ? 30 : 28);
};

class node {
 public:
  explicit node(limits caps = {}) noexcept : frames(caps.frames), buffers(caps.buffers) {}
  node(const node&) = delete;
  node& operator=(const node&) = delete;

  /// One round of the loop; gives when the next is wanted. The target calls it, with `here` set to this node.
  instant run_round() noexcept;

  /// How long `platform::wait` may gather a batch: more than nothing only under load.
  [[nodiscard]] duration coalesce() const noexcept { return coalescing.window(); }

  // The order matters: what is destroyed last comes first.
  log_levels log;
  counter_registry counters;
  frame_pool frames;
  buffer_pool buffers;
  loop tasks;
  coalescing_policy coalescing;
  shutdown_event shutdown;
  std::optional<int> exit_status;
  std::string_view name = "unikernel";
};

/// The node that runs. A target sets it before it makes anything of core's; the simulator changes it from
/// node to node.
extern constinit node* here;

}  // namespace mirage::os
