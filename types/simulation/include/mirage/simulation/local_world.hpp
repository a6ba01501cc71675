// SPDX-License-Identifier: ISC
// A world inside of one node: for tests that have both ends of a link in one program and one loop.
//
//   mirage::test::virtual_node node;
//   mirage::simulation::local_world world{seed};
//   mirage::simulation::link wire{world, "wire", {.bandwidth = 100'000'000, .delay = 5ms, .loss = 0.01}};
//   mirage::simulation::network here{wire.left(), "02:00:00:00:00:01"};
//   mirage::simulation::network there{wire.right(), "02:00:00:00:00:02"};
#pragma once

#include "mirage/core/os.hpp"
#include "mirage/core/waiter.hpp"
#include "mirage/simulation/world.hpp"

namespace mirage::simulation {

/// Goes by the clock of the node that runs when it is made, and is driven by its loop. What happens between
/// two ticks of the node's timers happens at the later one, at most 1.024 microseconds late.
class local_world final : public world {
 public:
  explicit local_world(std::uint64_t seed) noexcept : world(seed) {}
  [[nodiscard]] instant now() const noexcept override { return os::now(); }

 private:
  void wanted_at(instant when) noexcept override { alarm_.set(when); }
  void ring() noexcept {
    run_due();
    alarm_.set(next_event());
  }
  alarm alarm_{[](void* self) noexcept { static_cast<local_world*>(self)->ring(); }, this};
};

}  // namespace mirage::simulation
