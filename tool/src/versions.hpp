// SPDX-License-Identifier: ISC
// Versions and constraints on them, as package.toml, config.cpp and the version line write them: ">= 1.0, <
// 2".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "error.hpp"

namespace mirage::tool {

/// One of `=`, `<`, `<=`, `>`, `>=` and a version.
struct constraint {
  std::string relation;
  std::string version;
};

/// Constraints divided by commas; "" and "*" give none, a version alone means that one.
outcome<std::vector<constraint>> parse_constraints(std::string_view text);

/// Compares part by part, numbers as numbers: "1.10" is later than "1.9", "1.0" and "1.0.0" are one.
/// Negative, zero or positive.
int compare_versions(std::string_view a, std::string_view b);

bool satisfies(std::string_view version, const std::vector<constraint>& constraints);

/// What the line `// config.cpp: needs mirage >= 1.0` among a file's first comments says, and its number.
struct version_line {
  std::string versions;  // empty if there is no such line
  unsigned line = 0;
};
version_line find_version_line(std::string_view config);

}  // namespace mirage::tool
