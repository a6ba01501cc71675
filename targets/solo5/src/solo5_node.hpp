// SPDX-License-Identifier: ISC
// All state of this target: the node of a bare machine, with what the tender has attached and who waits for
// it.
#pragma once

#include <array>
#include <cstdint>

#include "mirage/core/machine.hpp"
#include "mirage/freestanding/node.hpp"
#include "mirage/solo5/manifest.hpp"

namespace mirage {

class solo5_node : public freestanding::node {
 public:
  using node::node;

  [[nodiscard]] static solo5_node& here() noexcept { return static_cast<solo5_node&>(*os::here); }

  /// Marks the sources of the handles in `ready`, bits.
  void mark(std::uint64_t ready) noexcept;

  solo5::attached_devices devices;
  std::array<machine::descriptor_source*, solo5::max_entries> sources{};  // by handle
};

}  // namespace mirage
