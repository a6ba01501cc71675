// SPDX-License-Identifier: ISC
#pragma once

#include "mirage/core/time.hpp"
#include "mirage/solo5/spt.hpp"
#include "solo5_node.hpp"

namespace mirage {

class spt_node final : public solo5_node {
 public:
  using solo5_node::solo5_node;

  [[nodiscard]] static spt_node& here() noexcept { return static_cast<spt_node&>(*os::here); }

  const solo5::spt::boot_info* boot = nullptr;
  instant armed = never;  // what the tender's timer is set to
};

}  // namespace mirage
