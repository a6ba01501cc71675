// SPDX-License-Identifier: ISC
// What the person sees: sentences on standard error, results on standard output, progress where it can be
// drawn.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "error.hpp"

namespace mirage::tool {

enum class color_mode { automatic, always, never };

class terminal {
 public:
  /// `verbosity`: -1 only errors, 0 what matters, 1 everything, the commands that are run too.
  terminal(int verbosity, color_mode color);

  bool verbose() const { return verbosity_ > 0; }

  /// The error's sentence; its details with -v.
  void error(const tool_error& what);

  /// A line about what was done; not with -q.
  void note(std::string_view line);

  /// A line for who wants to know more; only with -v.
  void detail(std::string_view line);

  /// "Building the libraries for unix  [12/40]": redrawn in place on a terminal, else a line every quarter.
  void progress(std::string_view what, std::size_t done, std::size_t total);

 private:
  void clear_progress();

  int verbosity_;
  bool color_;
  bool interactive_;
  bool drawn_ = false;
  std::string last_progress_;
};

}  // namespace mirage::tool
