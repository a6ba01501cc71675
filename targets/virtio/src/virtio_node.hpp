// SPDX-License-Identifier: ISC
// All state of this target: the node of a bare machine, with the PC that it runs on.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "clock.hpp"
#include "interrupts.hpp"
#include "mirage/freestanding/node.hpp"
#include "mirage/freestanding/x86_64/descriptor_tables.hpp"
#include "mirage/freestanding/x86_64/page_tables.hpp"
#include "mirage/virtio/bus.hpp"
#include "power_button.hpp"
#include "serial.hpp"

namespace mirage {

class virtio_node final : public freestanding::node {
 public:
  using node::node;

  [[nodiscard]] static virtio_node& here() noexcept { return static_cast<virtio_node&>(*os::here); }

  std::string_view command_line;  // as the loader wrote it
  freestanding::page_tables pages{memory};
  freestanding::descriptor_tables descriptors;
  pc_clock clock;
  interrupts events;
  serial::listener listener;
  power_button button;
  std::optional<virtio::bus> devices;  // once somebody has asked for one
};

}  // namespace mirage
