// SPDX-License-Identifier: ISC
// Where the process starts: it makes the node and runs the unikernel.
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstring>
#include <string_view>
#include <vector>

#include "crash.hpp"
#include "mirage/core/unikernel.hpp"
#include "unix_node.hpp"

namespace {

// A socket that gets number 0, 1 or 2 would be taken for the console.
void open_standard_descriptors() noexcept {
  int opened = 0;
  do {
    opened = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  } while (opened >= 0 && opened <= STDERR_FILENO);
  if (opened > STDERR_FILENO) ::close(opened);
}

void raise_descriptor_limit() noexcept {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

std::string_view last_segment(std::string_view path) noexcept { return path.substr(path.rfind('/') + 1); }

}  // namespace

int main(int argc, char** argv) {
  open_standard_descriptors();
  raise_descriptor_limit();
  ::signal(SIGPIPE, SIG_IGN);
  // Without this the kernel adds up to 50 microseconds to every sleep.
  ::prctl(PR_SET_TIMERSLACK, 1UL);
  mirage::report_faults();

  const std::vector<std::string_view> command_line(argv + (argc > 0 ? 1 : 0), argv + argc);
  mirage::unix_node node;
  mirage::os::here = &node;
  if (argc > 0) node.name = last_segment(argv[0]);
  node.signals.start();
  const int status = mirage::run_unikernel(node, command_line);
  node.signals.stop();
  return status;
}
