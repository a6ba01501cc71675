// SPDX-License-Identifier: ISC
// What a compiler makes for the tool itself and the user's cache keeps.
#pragma once

#include <string>

#include "error.hpp"
#include "files.hpp"
#include "process.hpp"
#include "terminal.hpp"

namespace mirage::tool {

/// Runs the compiler for `output`, unless that is there and newer than all that the compiler read, save
/// `named_by`: the source by whose text `output` is named. What lies in the compiler's own folder may be
/// another project's the next time, so whatever includes that is always made. One process makes a file;
/// others wait for it. Fails only where nothing can be written or started: a source with errors is a status
/// that is not 0.
outcome<finished> keep_compiled(command compiler, const fs::path& output, const std::string& named_by,
                                terminal& screen);

}  // namespace mirage::tool
