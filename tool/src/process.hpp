// SPDX-License-Identifier: ISC
// Other programs: run one to its end, or become it.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "error.hpp"

namespace mirage::tool {

struct command {
  std::vector<std::string> words;     // the program, looked for in PATH, and its arguments
  std::filesystem::path folder = {};  // where it runs; empty: here
  std::vector<std::pair<std::string, std::string>> environment = {};  // added to ours
};

struct finished {
  int status = 0;  // as a shell gives it: 128 + n after signal n
  std::string output;
  std::string errors;
};

/// Runs it with no standard input and waits. `on_line` is called with each line of its output as it comes.
/// Fails only if the program cannot be started.
outcome<finished> run(const command& what, const std::function<void(std::string_view)>& on_line = {});

/// Becomes the program, so that signals and its exit status are its own. Returns only on failure.
tool_error become(const command& what);

/// The words as one would type them.
std::string shown(const command& what);

}  // namespace mirage::tool
