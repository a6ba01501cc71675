// SPDX-License-Identifier: ISC
// Where the parts of Mirage lie: beside the running program in share/mirage, whether it was installed or just
// built.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "error.hpp"

namespace mirage::tool {

struct installation {
  std::string version;                          // of Mirage
  std::filesystem::path programs;               // where bin/mirage lies, and the generators beside it
  std::filesystem::path sources;                // the tree with the packages
  std::filesystem::path config_library;         // libmirage_config.a
  std::vector<std::filesystem::path> includes;  // for config.cpp, besides the packages' own
  std::string compiler;                         // of config.cpp and of unix images
  std::vector<std::string> flags;               // for config.cpp, as the library was compiled
  bool development = false;                     // sources may change from run to run
};

/// Reads PREFIX/share/mirage/installation.toml for a program PREFIX/bin/mirage.
outcome<installation> find_installation();

/// Where libraries are kept between projects: $XDG_CACHE_HOME/mirage, else ~/.cache/mirage.
outcome<std::filesystem::path> cache_folder();

/// What no project has used for so long is removed from it.
inline constexpr std::chrono::hours unused_limit{24 * 30};

}  // namespace mirage::tool
