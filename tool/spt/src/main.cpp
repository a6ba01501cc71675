// SPDX-License-Identifier: ISC
// mirage-spt: image, memory, devices, events, sandbox, and then the unikernel is the process.
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "devices.hpp"
#include "fault.hpp"
#include "image.hpp"
#include "memory.hpp"
#include "mirage/solo5/spt.hpp"
#include "options.hpp"
#include "sandbox.hpp"

namespace {

using namespace mirage;
using namespace mirage::tender;

constexpr int bad_usage = 64;

// The file stays mapped: the process is the unikernel's until it ends.
result<cbytes, std::string> map_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat facts{};
  if (file < 0 || ::fstat(file, &facts) != 0) return fail(path + ": " + std::strerror(errno));
  const auto size = static_cast<std::size_t>(facts.st_size);
  void* memory = size == 0 ? MAP_FAILED : ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  ::close(file);
  if (memory == MAP_FAILED) return fail(path + ": it cannot be read");
  return cbytes(static_cast<const std::byte*>(memory), size);
}

bool watch(int epoll, int descriptor, std::uint64_t handle, std::uint32_t edge = 0) noexcept {
  epoll_event event{};
  event.events = EPOLLIN | edge;
  event.data.u64 = handle;
  return descriptor >= 0 && ::epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

struct events {
  int epoll;
  int timer;
};

// Everything that ends a sleep of the unikernel: its timer, its networks, and who asks it to end.
result<events, std::string> make_events(std::span<const open_device> devices) {
  const events made{.epoll = ::epoll_create1(EPOLL_CLOEXEC),
                    .timer = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)};
  sigset_t to_end;
  ::sigemptyset(&to_end);
  ::sigaddset(&to_end, SIGINT);
  ::sigaddset(&to_end, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &to_end, nullptr);
  const int asked = ::signalfd(-1, &to_end, SFD_CLOEXEC | SFD_NONBLOCK);
  // Nobody reads what has asked: it is told once.
  bool complete = made.epoll >= 0 && watch(made.epoll, made.timer, solo5::spt::timer_event) &&
                  watch(made.epoll, asked, solo5::spt::shutdown_event, EPOLLET);
  for (const open_device& each : devices) {
    if (each.type == solo5::entry_type::network)
      complete = complete && watch(made.epoll, each.descriptor, each.handle);
  }
  if (!complete)
    return fail("this system gives no descriptors for events: " + std::string(std::strerror(errno)));
  return made;
}

// Comes back only with an error, or when it was to do nothing.
result<void, std::string> run(const options& given) {
  MIRAGE_TRY(const cbytes file, map_file(given.image));
  const auto image = read_image(file, given.memory_size);
  if (!image) return fail(given.image + ": " + std::string(describe(image.error())));
  if (given.dry_run) {
    std::puts(solo5_command(image->manifest, image->entries, given).c_str());
    return {};
  }
  MIRAGE_TRY(const guest_memory memory, guest_memory::make(*image, given.memory_size));
  MIRAGE_TRY(const auto devices, open_devices(memory.manifest(), image->entries, given));
  MIRAGE_TRY(const events from, make_events(devices));
  MIRAGE_TRY(const auto* const boot, memory.tell(given.arguments, from.epoll, from.timer));
  // Without this the kernel adds up to 50 microseconds to every sleep.
  ::prctl(PR_SET_TIMERSLACK, 1UL);
  ::signal(SIGPIPE, SIG_IGN);
  report_faults();
  MIRAGE_TRY_VOID(enter_sandbox(devices, from.epoll, from.timer));
  enter(image->entry, boot);
}

}  // namespace

int main(int argc, char** argv) {
  const auto given = read_options({argv + (argc > 0 ? 1 : 0), argv + argc});
  if (!given) {
    std::fprintf(stderr, "mirage-spt: %s\n", given.error().c_str());
    return bad_usage;
  }
  if (given->help) {
    std::fputs(std::string(usage).c_str(), stdout);
    return 0;
  }
  const auto ran = run(*given);
  if (ran) return 0;
  std::fprintf(stderr, "mirage-spt: %s\n", ran.error().c_str());
  return 1;
}
