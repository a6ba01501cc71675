// SPDX-License-Identifier: ISC
// A guest from its start to its end, as if it were a program: what it prints goes to the standard output, and
// the first SIGINT or SIGTERM asks it to end.
#pragma once

#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mirage::launcher {

/// How a process ended: with a status, or by a signal.
struct ending {
  int status = 0;
  int signal = 0;
};

/// Runs the hypervisor to its end. What is typed goes to the guest's console, if it has one. `printed` gets
/// each piece of what the guest prints, too. The second SIGINT or SIGTERM ends it at once. Fails with a
/// sentence if it cannot be started.
std::expected<ending, std::string> run_guest(const std::vector<std::string>& command, bool has_console,
                                             const std::function<void(std::string_view)>& printed);

}  // namespace mirage::launcher
