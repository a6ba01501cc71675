// SPDX-License-Identifier: ISC
#include "guest.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "keyboard.hpp"
#include "mirage/linux/file_descriptor.hpp"

namespace mirage::launcher {

namespace {

struct pipe_ends {
  file_descriptor read;
  file_descriptor write;
  pipe_ends() {
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return;
    read = file_descriptor(ends[0]);
    write = file_descriptor(ends[1]);
  }
};

// What the guest's serial port takes for "end now": the character of Ctrl-C. A console that shares the
// terminal with it has the keyboard until Ctrl-A c, which QEMU hears, gives it to the other.
constexpr std::string_view end_of_text = "\003";
constexpr std::string_view end_of_text_beside_console = "\001c\003";

sigset_t signals_to_end() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

class child {
 public:
  std::expected<void, std::string> start(const std::vector<std::string>& command);
  ending wait() const {
    int status = 0;
    while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFSIGNALED(status)) return {.signal = WTERMSIG(status)};
    return {.status = WEXITSTATUS(status)};
  }
  void kill() const { ::kill(process_, SIGKILL); }
  void ask_to_end(bool beside_console) const {
    const std::string_view text = beside_console ? end_of_text_beside_console : end_of_text;
    [[maybe_unused]] const auto written = ::write(input_.write.get(), text.data(), text.size());
  }
  int input() const { return input_.write.get(); }
  int output() const { return output_.read.get(); }

 private:
  [[noreturn]] void become(const std::vector<std::string>& command, int report) const;
  pipe_ends input_;
  pipe_ends output_;
  pid_t process_ = -1;
};

std::expected<void, std::string> child::start(const std::vector<std::string>& command) {
  pipe_ends report;
  process_ = ::fork();
  if (process_ == 0) become(command, report.write.get());
  if (process_ < 0) return std::unexpected(fmt::format("cannot start a process: {}", std::strerror(errno)));
  report.write.reset();
  ::fcntl(input_.write.get(), F_SETFL, O_NONBLOCK);
  input_.read.reset();
  output_.write.reset();
  int error = 0;
  if (::read(report.read.get(), &error, sizeof error) != sizeof error) return {};
  wait();
  if (error == ENOENT) {
    return std::unexpected(
        fmt::format("{} is not installed; on Debian: apt-get install qemu-system-x86", command.front()));
  }
  return std::unexpected(fmt::format("cannot start {}: {}", command.front(), std::strerror(error)));
}

void child::become(const std::vector<std::string>& command, int report) const {
  // It must not outlive us, nor get the Ctrl-C of the terminal: that is for the guest.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::setpgid(0, 0);
  const sigset_t blocked = signals_to_end();
  ::sigprocmask(SIG_UNBLOCK, &blocked, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  ::dup2(input_.read.get(), STDIN_FILENO);
  ::dup2(output_.write.get(), STDOUT_FILENO);
  std::vector<char*> words;
  words.reserve(command.size() + 1);
  for (const auto& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execvp(words.front(), words.data());
  const int error = errno;
  [[maybe_unused]] const auto written = ::write(report, &error, sizeof error);
  ::_exit(127);
}

void print(std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return;  // nobody reads any more
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

// Until the guest has closed its output, or the second signal has come, which it gives.
int pass_on(const child& guest, int signals, bool has_console,
            const std::function<void(std::string_view)>& printed) {
  keyboard keys(has_console ? STDIN_FILENO : -1, guest.input());
  bool asked = false;
  for (;;) {
    std::array<pollfd, 3> wanted{{{guest.output(), POLLIN, 0}, {signals, POLLIN, 0}, keys.wanted()}};
    if (::poll(wanted.data(), wanted.size(), -1) < 0) continue;
    if ((wanted[1].revents & POLLIN) != 0) {
      signalfd_siginfo arrived{};
      if (::read(signals, &arrived, sizeof arrived) == sizeof arrived) {
        if (asked) return static_cast<int>(arrived.ssi_signo);
        asked = true;
        keys.close();
        guest.ask_to_end(has_console);
      }
    }
    if (wanted[2].revents != 0) keys.step();
    if (wanted[0].revents == 0) continue;
    std::array<char, 4096> piece;
    const auto size = ::read(guest.output(), piece.data(), piece.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return 0;
    const std::string_view text(piece.data(), static_cast<std::size_t>(size));
    print(text);
    printed(text);
  }
}

}  // namespace

std::expected<ending, std::string> run_guest(const std::vector<std::string>& command, bool has_console,
                                             const std::function<void(std::string_view)>& printed) {
  const sigset_t set = signals_to_end();
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  const file_descriptor signals(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  child guest;
  if (const auto started = guest.start(command); !started) return std::unexpected(started.error());
  const int second = pass_on(guest, signals.get(), has_console, printed);
  if (second != 0) guest.kill();
  const ending how = guest.wait();
  return second == 0 ? how : ending{.signal = second};
}

}  // namespace mirage::launcher
