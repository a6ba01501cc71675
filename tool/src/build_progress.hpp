// SPDX-License-Identifier: ISC
// Runs CMake's build and shows how far it is.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "process.hpp"
#include "terminal.hpp"

namespace mirage::tool {

/// Makes the build system anew where there is none or the arguments differ from those of the last time.
outcome<finished> cmake_configure(const std::filesystem::path& sources, const std::filesystem::path& build,
                                  const std::vector<std::string>& arguments, terminal& screen);

/// `what` is shown beside the progress: "Building hello".
outcome<finished> cmake_build(const std::filesystem::path& build, const std::vector<std::string>& targets,
                              const std::string& what, terminal& screen);

}  // namespace mirage::tool
