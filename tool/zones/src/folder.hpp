// SPDX-License-Identifier: ISC
// The zones whose master files are in a folder of the host.
#pragma once

#include <cstddef>
#include <expected>
#include <filesystem>
#include <string>
#include <vector>

namespace mirage::zones_generator {

struct failure {
  std::string sentence;
};
template <class T>
using outcome = std::expected<T, failure>;

struct made_zones {
  std::vector<std::byte> content;            // for `dns::compiled_zones`
  std::vector<std::filesystem::path> files;  // all that are in the folder, by their names
};

/// Each file NAME.zone is the master file of the zone NAME, `root.zone` that of the root; the others are
/// there for
/// `$INCLUDE`. Folders in it are not looked into.
outcome<made_zones> make_zones(const std::filesystem::path& folder);

/// Replaces the file at once, so that nobody sees a half of it.
outcome<void> write_file(const std::filesystem::path& path, const void* octets, std::size_t size);

}  // namespace mirage::zones_generator
