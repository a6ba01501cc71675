// SPDX-License-Identifier: ISC
// The packages' libraries for a target: built from the sources on first use, kept in the user's cache, shared
// by all projects. A folder CACHE/VERSION-DIGEST/TARGET is complete or not there.
#pragma once

#include <filesystem>
#include <vector>

#include "error.hpp"
#include "installation.hpp"
#include "package.hpp"
#include "target.hpp"
#include "terminal.hpp"

namespace mirage::tool {

/// The prefix with the libraries, headers and CMake package. Takes a minute or two the first time, shows
/// progress, and waits while another process builds the same.
outcome<std::filesystem::path> libraries_for(const target& where, const std::vector<package>& packages,
                                             const installation& from, terminal& screen);

}  // namespace mirage::tool
