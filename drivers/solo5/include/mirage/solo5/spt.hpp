// SPDX-License-Identifier: ISC
// The spt ABI of Solo5, version 2: the unikernel is a Linux process whose calls are nine of the kernel's own,
// each allowed on certain descriptors only, and who makes another is killed. `Kernel` is any callable
// `long(number, a, b, c, d, e, f)` that gives a negative errno for an error, as the instruction does.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mirage/core/bytes.hpp"
#include "mirage/core/time.hpp"
#include "mirage/solo5/calls.hpp"

namespace mirage::solo5::spt {

/// The first argument of the entry point. Addresses are of the unikernel's memory.
struct boot_info {
  std::uint64_t memory_size;  ///< the memory ends here; it begins at `memory_base`
  std::uint64_t kernel_end;   ///< behind the last segment of the image; from here on it may be used
  std::uint64_t command_line;
  std::uint64_t manifest;
  std::int32_t epoll;  ///< reports devices by their handles, and the timer
  std::int32_t timer;
};
static_assert(sizeof(boot_info) == 40);

inline constexpr std::uint64_t memory_base = 0x10000;
inline constexpr std::uint64_t boot_info_address = 0x11000;
/// What epoll says of the timer, where it says a handle of a device.
inline constexpr std::uint64_t timer_event = 0xfffffffe;
/// What `mirage-spt` says when somebody asks the unikernel to end: the handle that no device has. Solo5's own
/// tender knows no such event.
inline constexpr std::uint64_t shutdown_event = 0;

/// The numbers of the calls, and the few arguments with a name.
#if defined(__aarch64__)
enum call : long {
  read = 63,
  write = 64,
  pread64 = 67,
  pwrite64 = 68,
  epoll_pwait = 22,
  timerfd_settime = 86,
  exit_group = 94,
  clock_gettime = 113
};
#else
enum call : long {
  read = 0,
  write = 1,
  pread64 = 17,
  pwrite64 = 18,
  arch_prctl = 158,
  clock_gettime = 228,
  exit_group = 231,
  epoll_pwait = 281,
  timerfd_settime = 286
};
inline constexpr long set_fs = 0x1002;
#endif
inline constexpr long standard_output = 1;
inline constexpr long realtime = 0;
inline constexpr long monotonic = 1;
inline constexpr long timer_absolute = 1;
inline constexpr long try_again = -11;

// Linux's structures, spelled out: a unikernel has no headers of its host.
struct time_spec {
  std::int64_t seconds;
  std::int64_t nanoseconds;
};
struct timer_setting {
  time_spec interval;
  time_spec value;
};
#if defined(__x86_64__)
struct [[gnu::packed]] epoll_event {
  std::uint32_t events;
  std::uint64_t data;
};
static_assert(sizeof(epoll_event) == 12);
#else
struct epoll_event {
  std::uint32_t events;
  std::uint64_t data;
};
#endif

[[nodiscard]] inline long as_word(const void* memory) noexcept {
  return static_cast<long>(reinterpret_cast<std::uintptr_t>(memory));
}

/// All of it, however often the host takes a part; what it refuses is lost.
template <class Kernel>
void put(Kernel&& kernel, std::string_view text) noexcept {
  while (!text.empty()) {
    const long count = kernel(write, standard_output, as_word(text.data()), static_cast<long>(text.size()));
    if (count <= 0 && count != try_again) return;
    if (count > 0) text.remove_prefix(static_cast<std::size_t>(count));
  }
}

template <class Kernel>
[[nodiscard]] duration read_clock(Kernel&& kernel, long clock) noexcept {
  time_spec now{};
  kernel(clock_gettime, clock, as_word(&now));
  return duration{now.seconds * 1'000'000'000 + now.nanoseconds};
}

/// The handles that have something, as bits; bit 0 is `shutdown_event`. Sleeps until there is one or
/// `deadline` has come; one in the past only looks. `armed` is what the timer was set to, at first `never`.
template <class Kernel>
[[nodiscard]] std::uint64_t wait_for_events(Kernel&& kernel, const boot_info& boot, instant deadline,
                                            bool only_look, instant& armed) noexcept {
  if (!only_look && deadline != armed) {
    timer_setting setting{};  // nothing disarms it
    if (deadline != never) {
      const std::int64_t at = deadline.time_since_epoch().count();
      setting.value = {.seconds = at / 1'000'000'000, .nanoseconds = (at % 1'000'000'000) | 1};
    }
    kernel(timerfd_settime, boot.timer, timer_absolute, as_word(&setting), 0);
    armed = deadline;
  }
  std::array<epoll_event, max_entries + 1> events;
  const long count = kernel(epoll_pwait, boot.epoll, as_word(events.data()), static_cast<long>(events.size()),
                            only_look ? 0 : -1, 0, 0);
  std::uint64_t ready = 0;
  for (long i = 0; i < count; ++i) {
    const std::uint64_t handle = events[static_cast<std::size_t>(i)].data;
    if (handle < max_entries) ready |= std::uint64_t{1} << handle;
  }
  return ready;
}

template <class Kernel>
result<std::size_t, call_error> network_read(Kernel&& kernel, const attached_device& from,
                                             bytes room) noexcept {
  const long count = kernel(read, from.descriptor, as_word(room.data()), static_cast<long>(room.size()));
  if (count < 0) return fail(count == try_again ? call_error::again : call_error::failed);
  return static_cast<std::size_t>(count);
}

template <class Kernel>
result<void, call_error> network_write(Kernel&& kernel, const attached_device& to, cbytes frame) noexcept {
  const long size = static_cast<long>(frame.size());
  const long count = kernel(write, to.descriptor, as_word(frame.data()), size);
  if (count != size) return fail(count == try_again ? call_error::again : call_error::failed);
  return {};
}

template <class Kernel>
result<void, call_error> block_transfer(Kernel&& kernel, call how, const attached_device& device,
                                        std::uint64_t offset, const std::byte* block) noexcept {
  const long size = device.block_size;
  const long count = kernel(how, device.descriptor, as_word(block), size, static_cast<long>(offset));
  if (count != size) return fail(call_error::failed);
  return {};
}

}  // namespace mirage::solo5::spt
