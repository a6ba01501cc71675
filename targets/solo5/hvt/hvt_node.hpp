// SPDX-License-Identifier: ISC
#pragma once

#include <cstdint>

#include "mirage/solo5/hvt.hpp"
#include "solo5_node.hpp"

namespace mirage {

class hvt_node final : public solo5_node {
 public:
  using solo5_node::solo5_node;

  [[nodiscard]] static hvt_node& here() noexcept { return static_cast<hvt_node&>(*os::here); }

  std::uint64_t cycle_frequency = 1'000'000'000;  // of the time-stamp counter, Hz
};

}  // namespace mirage
