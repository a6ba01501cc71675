// SPDX-License-Identifier: ISC
// A parameter of a task that the compiler would destroy twice.
// error: a parameter of a task is of a class that is passed in registers although it has a destructor
#include "mirage/core/task.hpp"

namespace mirage {

struct [[clang::trivial_abi]] handle {
  explicit handle(int which);
  handle(handle&& other) noexcept;
  ~handle();
};
task<> consume(handle) { co_return; }

}  // namespace mirage
