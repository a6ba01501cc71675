// SPDX-License-Identifier: ISC
#include "installation.hpp"

#include <cstdlib>

#include "toml.hpp"

namespace mirage::tool {

namespace fs = std::filesystem;

outcome<installation> find_installation() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const fs::path folder = program.parent_path().parent_path() / "share/mirage";
  auto table = read_toml(folder / "installation.toml");
  if (!table) {
    return refuse(
        "{} is not there, so the packages cannot be found; install Mirage again, or run the program where "
        "it was built",
        (folder / "installation.toml").string());
  }
  // Paths are relative to the file in an installation, and absolute in a build folder.
  const auto place = [&](const std::string& path) { return fs::path(folder / path).lexically_normal(); };
  installation found;
  found.programs = program.parent_path();
  found.version = text_at(*table, "version");
  found.sources = place(text_at(*table, "sources"));
  found.config_library = place(text_at(*table, "config-library"));
  for (const auto& path : texts_at(*table, "includes")) found.includes.push_back(place(path));
  found.compiler = text_at(*table, "compiler");
  found.flags = texts_at(*table, "flags");
  found.development = (*table)["development"].value_or(false);
  return found;
}

outcome<fs::path> cache_folder() {
  if (const char* given = std::getenv("XDG_CACHE_HOME"); given != nullptr && *given == '/') {
    return fs::path{given} / "mirage";
  }
  if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/')
    return fs::path{home} / ".cache/mirage";
  return refuse("there is no place to keep the libraries; set HOME or XDG_CACHE_HOME to a folder");
}

}  // namespace mirage::tool
