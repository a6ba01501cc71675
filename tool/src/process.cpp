// SPDX-License-Identifier: ISC
#include "process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace mirage::tool {
namespace {

struct pipe_ends {
  int read = -1;
  int write = -1;

  bool open() {
    std::array<int, 2> both{};
    if (pipe2(both.data(), O_CLOEXEC) != 0) return false;
    read = both[0];
    write = both[1];
    return true;
  }
  void close_write() { ::close(std::exchange(write, -1)); }
  ~pipe_ends() {
    if (read >= 0) ::close(read);
    if (write >= 0) ::close(write);
  }
};

// In the child, or in ourselves when we become the program. Gives errno.
int start_program(const command& what) {
  if (!what.folder.empty() && chdir(what.folder.c_str()) != 0) return errno;
  for (const auto& [name, value] : what.environment) setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> words;
  for (const auto& word : what.words) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  execvp(words[0], words.data());
  return errno;
}

[[noreturn]] void be_child(const command& what, const pipe_ends& output, const pipe_ends& errors,
                           int failure) {
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  dup2(nothing, STDIN_FILENO);
  dup2(output.write, STDOUT_FILENO);
  dup2(errors.write, STDERR_FILENO);
  const int error = start_program(what);
  [[maybe_unused]] const auto told = write(failure, &error, sizeof error);
  _exit(127);
}

// Hands on whole lines, keeps the rest.
void hand_on_lines(const std::string& text, std::size_t& handed,
                   const std::function<void(std::string_view)>& on_line) {
  for (auto end = text.find('\n', handed); end != text.npos; end = text.find('\n', handed)) {
    on_line(std::string_view{text}.substr(handed, end - handed));
    handed = end + 1;
  }
}

void collect(finished& result, const pipe_ends& output, const pipe_ends& errors,
             const std::function<void(std::string_view)>& on_line) {
  std::array<pollfd, 2> waits{pollfd{output.read, POLLIN, 0}, pollfd{errors.read, POLLIN, 0}};
  std::size_t handed = 0;
  int open_ends = 2;
  while (open_ends > 0) {
    if (poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) return;
    for (auto& wait : waits) {
      if (wait.fd < 0 || wait.revents == 0) continue;
      std::array<char, 16384> block{};
      const ssize_t got = read(wait.fd, block.data(), block.size());
      if (got <= 0) {
        wait.fd = -1;
        --open_ends;
        continue;
      }
      std::string& text = wait.fd == output.read ? result.output : result.errors;
      text.append(block.data(), static_cast<std::size_t>(got));
      if (on_line && wait.fd == output.read) hand_on_lines(text, handed, on_line);
    }
  }
}

tool_error cannot_start(const command& what, int error) {
  return {fmt::format("cannot start {}: {}; is it installed?", what.words.front(), std::strerror(error))};
}

}  // namespace

outcome<finished> run(const command& what, const std::function<void(std::string_view)>& on_line) {
  pipe_ends output;
  pipe_ends errors;
  pipe_ends failure;
  if (!output.open() || !errors.open() || !failure.open()) return fail(cannot_start(what, errno));
  const pid_t child = fork();
  if (child < 0) return fail(cannot_start(what, errno));
  if (child == 0) be_child(what, output, errors, failure.write);
  output.close_write();
  errors.close_write();
  failure.close_write();

  finished result;
  collect(result, output, errors, on_line);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  if (int error = 0; read(failure.read, &error, sizeof error) == sizeof error)
    return fail(cannot_start(what, error));
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

tool_error become(const command& what) { return cannot_start(what, start_program(what)); }

std::string shown(const command& what) {
  std::string text;
  for (const auto& word : what.words) {
    const bool plain = !word.empty() && word.find_first_of(" \t\n\"'$&|;<>()*?`\\") == word.npos;
    text += (text.empty() ? "" : " ") + (plain ? word : "'" + word + "'");
  }
  return text;
}

}  // namespace mirage::tool
