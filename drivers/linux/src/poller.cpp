// SPDX-License-Identifier: ISC
#include "mirage/linux/poller.hpp"

#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <ctime>

#include "mirage/core/os.hpp"
#include "mirage/core/panic.hpp"

namespace mirage {

namespace {

constexpr int events_at_once = 256;
using event_array = std::array<epoll_event, events_at_once>;

timespec to_timespec(duration length) noexcept {
  return {.tv_sec = static_cast<time_t>(length / 1s), .tv_nsec = static_cast<long>((length % 1s).count())};
}

std::uint8_t readiness_of(std::uint32_t events) noexcept {
  using source = machine::descriptor_source;
  unsigned ready = 0;
  if ((events & (EPOLLIN | EPOLLRDHUP)) != 0) ready |= source::readable;
  if ((events & EPOLLOUT) != 0) ready |= source::writable;
  if ((events & EPOLLRDHUP) != 0) ready |= source::hangup;
  // Whoever waits for either way has to try, and learns what happened.
  if ((events & (EPOLLHUP | EPOLLERR)) != 0) ready |= source::readable | source::writable | source::hangup;
  return static_cast<std::uint8_t>(ready);
}

int milliseconds_until(const timespec* length) noexcept {
  if (length == nullptr) return -1;
  if (length->tv_sec > 1'000'000) return 1'000'000'000;
  return static_cast<int>(length->tv_sec * 1000 + (length->tv_nsec + 999'999) / 1'000'000);
}

}  // namespace

poller::poller() noexcept : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  require(static_cast<bool>(epoll_), "this system gives no epoll descriptor");
}

result<void, machine::watch_error> poller::watch(machine::descriptor_source& source,
                                                 int descriptor) noexcept {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &source;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event) == 0) return {};
  require(errno != EEXIST && errno != EBADF, "a descriptor is watched twice, or is not open");
  return fail(errno == EPERM ? machine::watch_error::not_pollable : machine::watch_error::too_many);
}

void poller::unwatch(machine::descriptor_source& source, int descriptor) noexcept {
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, descriptor, nullptr);
  source.unlink();
}

void poller::wait(loop& tasks, instant deadline, duration coalesce) noexcept {
  timespec left{};
  const timespec* timeout = &left;
  if (const instant now = os::monotonic(); deadline > now) {
    duration sleep = deadline - now;
    if (coalesce > duration::zero()) {
      const duration nap = coalesce < sleep ? coalesce : sleep;
      const timespec length = to_timespec(nap);
      ::clock_nanosleep(CLOCK_MONOTONIC, 0, &length, nullptr);
      ++totals_.naps;
      sleep -= nap;
    }
    if (deadline == never) {
      timeout = nullptr;
    } else {
      left = to_timespec(sleep);
    }
  }
  event_array events;
  int count = -1;
  if (has_nanoseconds_) {
    count = ::epoll_pwait2(epoll_.get(), events.data(), events_at_once, timeout, nullptr);
    if (count < 0 && errno == ENOSYS) has_nanoseconds_ = false;
  }
  if (!has_nanoseconds_) {
    count = ::epoll_wait(epoll_.get(), events.data(), events_at_once, milliseconds_until(timeout));
  }
  ++totals_.waits;
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    auto& source = *static_cast<machine::descriptor_source*>(event.data.ptr);
    source.ready |= readiness_of(event.events);
    tasks.mark(source);
    ++totals_.events;
  }
}

}  // namespace mirage
