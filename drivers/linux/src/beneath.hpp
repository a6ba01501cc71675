// SPDX-License-Identifier: ISC
// Paths that stay inside of a folder whatever is in them, and whatever somebody else puts there meanwhile:
// openat2(2) with RESOLVE_BENEATH. All of it may block: for helper threads.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "mirage/core/result.hpp"
#include "mirage/linux/file_descriptor.hpp"
#include "mirage/v1.hpp"

namespace mirage::detail {

[[nodiscard]] v1::kv_error kv_error_of(int error) noexcept;

/// Symbolic links are followed as long as they stay inside. The empty path is the folder itself.
result<file_descriptor, v1::kv_error> open_beneath(int folder, const std::string& path, int flags,
                                                   mode_t mode = 0) noexcept;

/// A path's folder, made with all that is on the way where `make` says so, and its last segment.
struct place {
  file_descriptor folder;
  std::string name;
};
result<place, v1::kv_error> place_of(int folder, std::string_view path, bool make) noexcept;

/// Deletes a file, or a folder with all that is in it; symbolic links are not followed.
result<void, v1::kv_error> remove_tree(int folder, const std::string& name) noexcept;

}  // namespace mirage::detail
