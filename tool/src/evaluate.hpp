// SPDX-License-Identifier: ISC
// Compiles and runs a config.cpp: from keys to a device graph.
#pragma once

#include <string>
#include <vector>

#include "error.hpp"
#include "graph.hpp"
#include "installation.hpp"
#include "package.hpp"
#include "project.hpp"
#include "terminal.hpp"

namespace mirage::tool {

/// `keys` as on the command line of configure, `--net=host`. Programs that were compiled before are kept in
/// the user's cache.
outcome<graph> evaluate(const project& where, const std::string& target, const std::vector<std::string>& keys,
                        const installation& from, const std::vector<package>& packages, terminal& screen);

}  // namespace mirage::tool
