// SPDX-License-Identifier: ISC
#include "lock_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace mirage::tool {

lock_file::~lock_file() {
  if (descriptor_ >= 0) close(descriptor_);
}

outcome<void> lock_file::take(const fs::path& path, const std::function<void()>& before_waiting) {
  MIRAGE_TRY_VOID(make_folder(path.parent_path()));
  descriptor_ = open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0666);
  if (descriptor_ < 0)
    return refuse("cannot write {}; make the folder writable or set XDG_CACHE_HOME", path.string());
  if (flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return {};
  before_waiting();
  if (flock(descriptor_, LOCK_EX) != 0) return refuse("cannot lock {}", path.string());
  return {};
}

}  // namespace mirage::tool
