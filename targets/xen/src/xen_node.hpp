// SPDX-License-Identifier: ISC
// All state of this target: the node of a bare machine, with the guest that it is.
#pragma once

#include <optional>
#include <string_view>

#include "guest.hpp"
#include "mirage/freestanding/node.hpp"
#include "mirage/freestanding/x86_64/descriptor_tables.hpp"
#include "mirage/freestanding/x86_64/page_tables.hpp"
#include "toolstack.hpp"

namespace mirage {

class xen_node final : public freestanding::node {
 public:
  using node::node;

  [[nodiscard]] static xen_node& here() noexcept { return static_cast<xen_node&>(*os::here); }

  std::string_view command_line;  // as the loader left it
  freestanding::page_tables pages{memory};
  freestanding::descriptor_tables descriptors;
  guest platform{memory};
  bool is_started = false;  // the platform is
  std::optional<toolstack> control;
};

}  // namespace mirage
