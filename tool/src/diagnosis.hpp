// SPDX-License-Identifier: ISC
// One sentence from what clang prints about a config.cpp or a unikernel.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "error.hpp"
#include "graph.hpp"

namespace mirage::tool {

/// An error of the compiler, with the notes behind it.
struct compiler_error {
  std::string file;
  unsigned line = 0;
  unsigned column = 0;
  std::string message;
  struct note {
    std::string file;
    unsigned line = 0;
    std::string message;
  };
  std::vector<note> notes;
};

/// The first error of clang's output; an error without a message if there is none.
compiler_error first_error(std::string_view output);

/// "config.cpp:6: website needs a kv_ro here, given a block". `source` is the text of config.cpp.
tool_error diagnose_config(std::string_view output, std::string_view source, const std::string& config);

/// The same for the compilation of an image: what is wrong in main.cpp is said in the words of config.cpp.
/// `project` is its absolute path; files are named from there.
tool_error diagnose_build(std::string_view output, const graph& image, const std::string& project);

/// The name that begins at this place of a text: `website` of `website(a, b)`.
std::string name_at(std::string_view source, unsigned line, unsigned column);

/// What is called where this place is an argument: `website` for the place of `b` in `website(a, b)`.
std::string call_around(std::string_view source, unsigned line, unsigned column);

}  // namespace mirage::tool
