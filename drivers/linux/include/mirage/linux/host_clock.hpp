// SPDX-License-Identifier: ISC
// The clocks of the host and its random bytes as devices, for whoever must be told which clock. Everybody
// else asks `os`.
#pragma once

#include <optional>
#include <string_view>

#include "mirage/core/os.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// `v1::wall_clock`: CLOCK_REALTIME.
class host_wall_clock {
 public:
  /// `name` must outlive it.
  explicit host_wall_clock(std::string_view name) noexcept : name_(name) {}
  host_wall_clock(const host_wall_clock&) = delete;
  host_wall_clock& operator=(const host_wall_clock&) = delete;
  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] wall_time now() noexcept { return os::wall(); }
  [[nodiscard]] std::optional<duration> resolution() noexcept;

 private:
  std::string_view name_;
};

/// `v1::monotonic_clock`: CLOCK_MONOTONIC.
class host_monotonic_clock {
 public:
  /// `name` must outlive it.
  explicit host_monotonic_clock(std::string_view name) noexcept : name_(name) {}
  host_monotonic_clock(const host_monotonic_clock&) = delete;
  host_monotonic_clock& operator=(const host_monotonic_clock&) = delete;
  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] instant now() noexcept { return os::monotonic(); }
  [[nodiscard]] std::optional<duration> resolution() noexcept;

 private:
  std::string_view name_;
};

/// `v1::random`: getrandom(2).
class host_random {
 public:
  /// `name` must outlive it.
  explicit host_random(std::string_view name) noexcept : name_(name) {}
  host_random(const host_random&) = delete;
  host_random& operator=(const host_random&) = delete;
  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  void fill(bytes out) noexcept { os::random(out); }

 private:
  std::string_view name_;
};

static_assert(v1::wall_clock<host_wall_clock>);
static_assert(v1::monotonic_clock<host_monotonic_clock>);
static_assert(v1::random<host_random>);

}  // namespace mirage
