// SPDX-License-Identifier: ISC
// Many nodes on one virtual clock. A pass begins with what the world has for this point of time; then
// the nodes that have something to do run a round each, in the order in which they were added.
#pragma once

#include <vector>

#include "mirage/simulation/world.hpp"

namespace mirage::simulation {

/// A node, as the scheduler sees it.
class member {
 public:
  /// When the next round is wanted: a time that is past for "at once", or `never`. Asked often.
  [[nodiscard]] virtual instant due() noexcept = 0;
  /// One round at that time.
  virtual void run_round(instant now) noexcept = 0;

 protected:
  ~member() = default;
};

class scheduler : public world {
 public:
  /// Passes that are free at one point of time; nodes that never rest then make time go on by a microsecond
  /// a pass.
  static constexpr unsigned free_passes = 1000;

  explicit scheduler(std::uint64_t seed) noexcept : world(seed) {}

  [[nodiscard]] instant now() const noexcept override { return now_; }

  /// It must be taken out before it dies. Not from inside of its own round.
  void add(member& node) { members_.push_back(&node); }
  void remove(member& node) noexcept { std::erase(members_, &node); }

  /// One pass at the next point of time where there is something to do, if that is not after `end`. False:
  /// there is nothing up to then, and it is `end` (or, where that is `never`, nothing will ever happen).
  bool step(instant end) noexcept;

 private:
  void wanted_at(instant) noexcept override {}
  instant now_ = start_of_time;
  unsigned passes_ = 0;  // at this point of time
  std::vector<member*> members_;
};

}  // namespace mirage::simulation
