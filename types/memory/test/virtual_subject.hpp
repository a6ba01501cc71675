// SPDX-License-Identifier: ISC
// What the subjects of the conformance suites have in common when they run on virtual time.
#pragma once

#include <utility>

#include "mirage/core/task.hpp"
#include "mirage/core/time.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage::test {

/// To derive from: what a derived subject holds is gone before the node is.
struct virtual_subject {
  virtual_subject() {}
  static constexpr duration a_while = 1s;
  void run(task<> work) { node.run(std::move(work)); }
  virtual_node node;
};

}  // namespace mirage::test
