// SPDX-License-Identifier: ISC
// The packages of an installation and of a project, as their package.toml files tell.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "error.hpp"

namespace mirage::tool {

/// A wish for another package: its name and constraints, ">= 1.0, < 2".
struct wish {
  std::string name;
  std::string versions;
};

struct package {
  std::string name;
  std::string version;
  std::string summary;
  std::vector<std::string> targets;  // empty: every target
  std::vector<wish> wishes;
  std::vector<std::string> debian;  // Debian packages that it needs
  std::filesystem::path folder;
  std::string floor;  // the part of the house it stands in, "net"; empty for a library of a project

  bool is_for(const std::string& target) const;
};

outcome<package> read_package(const std::filesystem::path& file);

/// Every package below the sources' floors, by name.
outcome<std::vector<package>> find_packages(const std::filesystem::path& sources);

/// The one of that name; null if there is none.
const package* find_package(const std::vector<package>& all, const std::string& name);

}  // namespace mirage::tool
