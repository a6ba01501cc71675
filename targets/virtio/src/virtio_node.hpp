// SPDX-License-Identifier: ISC
// All state of this target: the node of a bare machine, with the PC that it runs on.
#pragma once

#include "clock.hpp"
#include "mirage/freestanding/node.hpp"

namespace mirage {

class virtio_node final : public freestanding::node {
 public:
  using node::node;

  [[nodiscard]] static virtio_node& here() noexcept { return static_cast<virtio_node&>(*os::here); }

  pc_clock clock;
};

}  // namespace mirage
