// SPDX-License-Identifier: ISC
// Runs in a dom0 that has next to nothing, so it is linked statically:
//   unpause DOMAIN FILE WORD
// lets a domain go that was created paused, and says how many microseconds later WORD was in FILE, which is
// the log that xenconsoled writes. It sleeps until the file changes, because there is one processor for all.
#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

// Linux, xen/privcmd.h.
struct privcmd_hypercall {
  std::uint64_t number;
  std::uint64_t arguments[5];
};
constexpr unsigned long call_xen = _IOC(_IOC_NONE, 'P', 0, sizeof(privcmd_hypercall));

// xen/include/public/domctl.h, of Xen 4.17.
struct domain_control {
  std::uint32_t command;
  std::uint32_t version;
  std::uint16_t domain;
  std::uint16_t pad[3];
  std::uint8_t more[128];
};
constexpr std::uint64_t domctl = 36;
constexpr std::uint32_t unpause_domain = 4;
constexpr std::uint32_t interface_version = 0x15;

std::int64_t microseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
}

bool contains(const char* file, const char* word) {
  static char text[65536];
  const int opened = open(file, O_RDONLY | O_CLOEXEC);
  const ssize_t size = opened < 0 ? 0 : read(opened, text, sizeof(text) - 1);
  if (opened >= 0) close(opened);
  text[size < 0 ? 0 : size] = 0;
  return std::strstr(text, word) != nullptr;
}

}  // namespace

int main(int count, char** words) {
  if (count != 4) return 64;
  const char* const file = words[2];
  const int changes = inotify_init1(IN_CLOEXEC);
  const int xen = open("/dev/xen/privcmd", O_RDWR | O_CLOEXEC);
  if (inotify_add_watch(changes, file, IN_MODIFY) < 0 || xen < 0) {
    std::perror("unpause");
    return 1;
  }
  domain_control what{};
  what.command = unpause_domain;
  what.version = interface_version;
  what.domain = static_cast<std::uint16_t>(std::atoi(words[1]));
  privcmd_hypercall call{domctl, {reinterpret_cast<std::uint64_t>(&what)}};
  const std::int64_t start = microseconds();
  if (ioctl(xen, call_xen, &call) != 0) {
    std::perror("unpause");
    return 1;
  }
  while (!contains(file, words[3])) {
    char event[4096];
    if (read(changes, event, sizeof(event)) <= 0) return 1;
  }
  std::printf("%lld\n", static_cast<long long>(microseconds() - start));
}
