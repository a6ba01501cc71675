// SPDX-License-Identifier: ISC
#include "mirage/linux/host_node.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

namespace mirage::host {

namespace {

duration read(clockid_t clock) noexcept {
  timespec now{};
  ::clock_gettime(clock, &now);
  return duration{std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec};
}

}  // namespace

instant read_monotonic() noexcept { return instant{read(CLOCK_MONOTONIC)}; }
wall_time read_wall() noexcept { return wall_time{read(CLOCK_REALTIME)}; }

void write_whole(int descriptor, std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written > 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (written < 0 && errno == EAGAIN) {
      pollfd room{.fd = descriptor, .events = POLLOUT, .revents = 0};
      ::poll(&room, 1, -1);
    } else if (written == 0 || errno != EINTR) {
      return;
    }
  }
}

}  // namespace mirage::host
