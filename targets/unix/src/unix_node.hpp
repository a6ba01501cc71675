// SPDX-License-Identifier: ISC
// All state of this target: the node, with the signals that it was sent.
#pragma once

#include "mirage/linux/host_node.hpp"
#include "signals.hpp"

namespace mirage {

class unix_node final : public host_node {
 public:
  using host_node::host_node;

  [[nodiscard]] static unix_node& here() noexcept { return static_cast<unix_node&>(*os::here); }

  signal_source signals;
};

}  // namespace mirage
