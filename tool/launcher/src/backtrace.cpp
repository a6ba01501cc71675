// SPDX-License-Identifier: ISC
#include "backtrace.hpp"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

namespace mirage::launcher {

void backtrace::hear(std::string_view text) {
  for (const char character : text) {
    if (character == '\n') {
      hear_line(line_);
      line_.clear();
    } else if (character != '\r') {
      line_ += character;
    }
  }
}

// "Backtrace, ...:" and then lines like "  0x1234".
void backtrace::hear_line(std::string_view line) {
  constexpr std::string_view heading = "Backtrace";
  const bool is_address = line.starts_with("  0x");
  if (in_report_ && is_address) addresses_.emplace_back(line.substr(2));
  in_report_ = line.starts_with(heading) || (in_report_ && is_address);
}

void backtrace::print(const std::string& unstripped_image) const {
  std::error_code error;
  if (addresses_.empty() || !std::filesystem::is_regular_file(unstripped_image, error)) return;
  std::vector<std::string> words{"llvm-symbolizer-19", "--pretty-print", "--demangle",
                                 "--obj=" + unstripped_image};
  words.insert(words.end(), addresses_.begin(), addresses_.end());
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  fmt::print(stderr, "In the source:\n");
  std::fflush(stderr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  pid_t process = -1;
  if (::posix_spawnp(&process, arguments.front(), &actions, nullptr, arguments.data(), environ) == 0) {
    int status = 0;
    ::waitpid(process, &status, 0);
  }
  posix_spawn_file_actions_destroy(&actions);
}

}  // namespace mirage::launcher
