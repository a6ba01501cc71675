// SPDX-License-Identifier: ISC
// The zones whose master files are in a folder of the host.
#pragma once

#include <filesystem>
#include <vector>

#include "mirage/core/bytes.hpp"
#include "mirage/generator.hpp"

namespace mirage::zones_generator {

struct made_zones {
  std::vector<std::byte> content;            // for `dns::compiled_zones`
  std::vector<std::filesystem::path> files;  // all that are in the folder, by their names
};

/// Each file NAME.zone is the master file of the zone NAME, `root.zone` that of the root; the others are
/// there for
/// `$INCLUDE`. Folders in it are not looked into.
generator::outcome<made_zones> make_zones(const std::filesystem::path& folder);

}  // namespace mirage::zones_generator
