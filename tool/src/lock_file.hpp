// SPDX-License-Identifier: ISC
// One process at a time makes a file or a folder of the user's cache.
#pragma once

#include <functional>

#include "error.hpp"
#include "files.hpp"

namespace mirage::tool {

/// Held from `take` until it is destroyed, or until the process ends, whatever happens to it.
class lock_file {
 public:
  lock_file() = default;
  ~lock_file();
  lock_file(const lock_file&) = delete;
  lock_file& operator=(const lock_file&) = delete;

  /// Makes the file where it is not there, and waits for whoever holds it; `before_waiting` is called then.
  outcome<void> take(const fs::path& path, const std::function<void()>& before_waiting = [] {});

 private:
  int descriptor_ = -1;
};

}  // namespace mirage::tool
