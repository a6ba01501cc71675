// SPDX-License-Identifier: ISC
// The libraries of the packages that an image is made of: built for its target from the sources on first use,
// kept in the user's cache, shared by all projects that need the same. A folder CACHE/VERSION-DIGEST/TARGET
// is complete or not there; one that nobody has used for a month is removed.
#pragma once

#include <filesystem>
#include <vector>

#include "error.hpp"
#include "installation.hpp"
#include "package.hpp"
#include "target.hpp"
#include "terminal.hpp"

namespace mirage::tool {

/// The prefix with the libraries, headers and CMake package of these packages, of which a project's own are
/// left out. Takes up to a minute or two the first time, shows progress, and waits while another process
/// builds the same.
outcome<std::filesystem::path> libraries_for(const target& where, const std::vector<package>& packages,
                                             const installation& from, terminal& screen);

}  // namespace mirage::tool
