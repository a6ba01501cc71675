// SPDX-License-Identifier: ISC
#include "mirage/linux/host_clock.hpp"

#include <ctime>

namespace mirage {

namespace {

std::optional<duration> step_of(clockid_t clock) noexcept {
  timespec step{};
  if (::clock_getres(clock, &step) != 0) return std::nullopt;
  const duration length{std::int64_t{step.tv_sec} * 1'000'000'000 + step.tv_nsec};
  if (length <= duration::zero()) return std::nullopt;
  return length;
}

}  // namespace

std::optional<duration> host_wall_clock::resolution() noexcept { return step_of(CLOCK_REALTIME); }
std::optional<duration> host_monotonic_clock::resolution() noexcept { return step_of(CLOCK_MONOTONIC); }

}  // namespace mirage
