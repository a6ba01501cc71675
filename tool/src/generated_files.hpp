// SPDX-License-Identifier: ISC
// The guard over everything that the tool writes into a project: a file that a person wrote or changed is
// never overwritten and never removed.
#pragma once

#include <map>
#include <string>

#include "error.hpp"
#include "project.hpp"

namespace mirage::tool {

/// Paths relative to the project, and what is to be in them.
using generated_texts = std::map<std::string, std::string>;

/// Writes all of them, scripts as executable files, and removes those of `before` that are no longer wanted,
/// or, where one was written or changed by hand, does nothing and says so.
outcome<void> write_generated(const project& where, const generated_texts& texts, const context* before);

/// Removes the files of `before`. Gives those that stayed because they were changed by hand.
outcome<std::vector<std::string>> remove_generated(const project& where, const context& before);

}  // namespace mirage::tool
