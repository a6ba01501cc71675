// SPDX-License-Identifier: ISC
#include "test_host.hpp"

#include <dirent.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>

#include <mirage/core/machine.hpp>
#include <mirage/core/os.hpp>

namespace mirage::test {

test_host::test_host() : before_(std::exchange(os::here, this)) {
  ::signal(SIGPIPE, SIG_IGN);  // as targets/unix does
  run_round();                 // so that os::now() is right before the first task
}

test_host::~test_host() {
  os::here = this;
  run_round();  // what is to be buried needs the poller
  os::here = before_;
}

std::string test_host::stuck() {
  std::string text = "the task under test does not end; live tasks:\n";
  tasks.for_each_task([&](const loop::live_task& each) {
    text += std::string(each.depth, ' ') + each.name + ": " +
            (each.waiting_for == nullptr ? "ready" : each.waiting_for) + "\n";
  });
  return text + console;
}

std::uint64_t test_host::counted(std::string_view name, std::string_view labels) {
  std::string all(64 * 1024, '\0');
  text_writer writer(all);
  counters.write_prometheus(writer);
  std::string_view text = writer.text();
  std::uint64_t sum = 0;
  for (std::size_t start = 0; start < text.size();) {
    const std::string_view line = text.substr(start, text.find('\n', start) - start);
    start += line.size() + 1;
    const std::size_t space = line.rfind(' ');
    if (!line.starts_with(name) || space == line.npos || line.find(labels) == line.npos) continue;
    if (line[name.size()] != '{' && line[name.size()] != ' ') continue;
    std::uint64_t value = 0;
    std::from_chars(line.data() + space + 1, line.data() + line.size(), value);
    sum += value;
  }
  return sum;
}

unsigned open_descriptors() {
  unsigned count = 0;
  DIR* folder = ::opendir("/proc/self/fd");
  while (::readdir(folder) != nullptr) ++count;
  ::closedir(folder);
  return count - 3;  // `.`, `..` and the folder itself
}

}  // namespace mirage::test

namespace mirage::os::platform {

instant read_monotonic() noexcept { return host::read_monotonic(); }
wall_time read_wall() noexcept { return host::read_wall(); }
void entropy(bytes out) noexcept { host_node::here().entropy.fill(out); }
void console(std::string_view text) noexcept { static_cast<test::test_host&>(*here).console += text; }
std::size_t memory_in_use() noexcept { return 0; }
void wait(instant deadline, duration coalesce) noexcept {
  host_node::here().events.wait(here->tasks, deadline, coalesce);
}
void crash(std::string_view why, std::string_view where) noexcept {
  host::write_whole(STDERR_FILENO, why);
  host::write_whole(STDERR_FILENO, " ");
  host::write_whole(STDERR_FILENO, where);
  host::write_whole(STDERR_FILENO, "\n");
  std::abort();
}

}  // namespace mirage::os::platform

namespace mirage::machine {

result<void, watch_error> watch(descriptor_source& source, int descriptor) noexcept {
  return host_node::here().events.watch(source, descriptor);
}
void unwatch(descriptor_source& source, int descriptor) noexcept {
  host_node::here().events.unwatch(source, descriptor);
}

}  // namespace mirage::machine
