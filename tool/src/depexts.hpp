// SPDX-License-Identifier: ISC
// Debian packages that Mirage packages need on the machine where images are built.
#pragma once

#include <string>
#include <vector>

#include "error.hpp"
#include "package.hpp"

namespace mirage::tool {

/// The Debian packages that these packages need, by name, each once.
std::vector<std::string> depexts_of(const std::vector<package>& packages);

/// Those of them that dpkg does not have installed. None where there is no dpkg to ask.
outcome<std::vector<std::string>> missing_depexts(const std::vector<std::string>& names);

/// Refuses, with the command that installs them, if any is missing.
outcome<void> require_depexts(const std::vector<package>& packages);

}  // namespace mirage::tool
