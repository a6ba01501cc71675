// SPDX-License-Identifier: ISC
// `mutex`: keeps a critical section to one task across its `co_await`s. (Between two of them a task is never
// interrupted, so plain data needs no lock.) `auto lock = co_await mutex.lock();`
#pragma once

#include "mirage/core/semaphore.hpp"

namespace mirage {

class mutex {
 public:
  using guard = semaphore::permit;
  semaphore::awaiter lock() noexcept { return free_.acquire(); }
  [[nodiscard]] bool locked() const noexcept { return free_.available() == 0; }

 private:
  semaphore free_{1};
};

}  // namespace mirage
