// SPDX-License-Identifier: ISC
// How everything in the tool fails: with one sentence for the person, which names the cause and the way out.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

#include "mirage/core/result.hpp"

namespace mirage::tool {

/// Exit statuses of the command itself; `mirage run` passes on the status of what it runs.
namespace exit_status {
inline constexpr int ok = 0;
inline constexpr int refused = 1;     // the project or the machine is not in order; the sentence says how
inline constexpr int bad_usage = 64;  // the command line is wrong, as for a unikernel's boot arguments
}  // namespace exit_status

struct tool_error {
  std::string sentence;      // "config.cpp:6: website needs a kv_ro here, given a block"
  std::string details = {};  // shown with -v: the compiler's whole output
  int status = exit_status::refused;
};

template <class T = void>
using outcome = result<T, tool_error>;

/// `return refuse("there is no {}", path);`
template <class... Args>
std::unexpected<tool_error> refuse(fmt::format_string<Args...> text, Args&&... args) {
  return fail(tool_error{fmt::format(text, std::forward<Args>(args)...)});
}

}  // namespace mirage::tool
