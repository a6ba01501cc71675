// SPDX-License-Identifier: ISC
// The end of every config.cpp: settle the keys given on the command line and print the device graph.
#pragma once

#include <string>
#include <vector>

#include "mirage/config/device.hpp"

namespace mirage::config {

/// What main returns. `name` is the image's name (letters, digits, `-`, `_`). The command line, which the
/// tool writes, is --target NAME and keys as --NAME=VALUE. Prints the resolved graph as JSON
/// (config/README.md) and gives 0; what cannot be is one sentence on standard error and gives 1.
int configure(int argc, char** argv, const std::string& name, needs<job> runs);

/// Several unikernels in one image; all are started, and the image ends when all have ended.
int configure(int argc, char** argv, const std::string& name, std::vector<needs<job>> run);

}  // namespace mirage::config
