// SPDX-License-Identifier: ISC
// A `test::virtual_node` that a scheduler drives: for tests with several nodes of one program.
#pragma once

#include "mirage/simulation/scheduler.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage::test {

/// Enter it (`node.enter()`) before making anything of core's that is to belong to it.
class virtual_member final : public simulation::member {
 public:
  virtual_member(simulation::scheduler& on, std::uint64_t seed) : on_(on), node({}, seed) {
    node.set_time(on.now());
    on_.add(*this);
  }
  virtual_member(const virtual_member&) = delete;
  virtual_member& operator=(const virtual_member&) = delete;
  ~virtual_member() { on_.remove(*this); }

  [[nodiscard]] instant due() noexcept override { return node.tasks.idle() ? next_ : instant{}; }
  void run_round(instant now) noexcept override {
    node.enter();
    node.set_time(now);
    next_ = node.step();
  }

 private:
  simulation::scheduler& on_;
  instant next_{};

 public:
  virtual_node node;
};

}  // namespace mirage::test
