// SPDX-License-Identifier: ISC
// Clocks that a test sets, and clocks of the node, for whatever wants to be told which clock to use.
#pragma once

#include <optional>
#include <string_view>

#include "mirage/core/os.hpp"
#include "mirage/v1.hpp"

namespace mirage::memory {

/// `v1::wall_clock` that stands still until it is set.
class fixed_wall_clock {
 public:
  explicit fixed_wall_clock(wall_time now, std::string_view name = "fixed_wall_clock") noexcept
      : name_(name), now_(now) {}
  fixed_wall_clock(const fixed_wall_clock&) = delete;
  fixed_wall_clock& operator=(const fixed_wall_clock&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] wall_time now() const noexcept { return now_; }
  [[nodiscard]] std::optional<duration> resolution() const noexcept { return std::nullopt; }
  void set(wall_time now) noexcept { now_ = now; }
  void advance(duration by) noexcept { now_ += by; }

 private:
  std::string_view name_;
  wall_time now_;
};

/// `v1::monotonic_clock` that stands still until it is advanced.
class fixed_monotonic_clock {
 public:
  explicit fixed_monotonic_clock(instant now = {}, std::string_view name = "fixed_monotonic_clock") noexcept
      : name_(name), now_(now) {}
  fixed_monotonic_clock(const fixed_monotonic_clock&) = delete;
  fixed_monotonic_clock& operator=(const fixed_monotonic_clock&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] instant now() const noexcept { return now_; }
  [[nodiscard]] std::optional<duration> resolution() const noexcept { return std::nullopt; }
  /// Never back: less than nothing stops the unikernel.
  void advance(duration by) noexcept {
    require(by >= duration::zero(), "a monotonic clock is set back");
    now_ = later(now_, by);
  }

 private:
  std::string_view name_;
  instant now_;
};

/// `v1::wall_clock` of the node: under virtual time, virtual.
class node_wall_clock {
 public:
  explicit node_wall_clock(std::string_view name = "node_wall_clock") noexcept : name_(name) {}
  node_wall_clock(const node_wall_clock&) = delete;
  node_wall_clock& operator=(const node_wall_clock&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] wall_time now() const noexcept { return os::wall(); }
  [[nodiscard]] std::optional<duration> resolution() const noexcept { return std::nullopt; }

 private:
  std::string_view name_;
};

/// `v1::monotonic_clock` of the node: under virtual time, virtual.
class node_monotonic_clock {
 public:
  explicit node_monotonic_clock(std::string_view name = "node_monotonic_clock") noexcept : name_(name) {}
  node_monotonic_clock(const node_monotonic_clock&) = delete;
  node_monotonic_clock& operator=(const node_monotonic_clock&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] instant now() const noexcept { return os::monotonic(); }
  [[nodiscard]] std::optional<duration> resolution() const noexcept { return std::nullopt; }

 private:
  std::string_view name_;
};

static_assert(v1::wall_clock<fixed_wall_clock>);
static_assert(v1::monotonic_clock<fixed_monotonic_clock>);
static_assert(v1::wall_clock<node_wall_clock>);
static_assert(v1::monotonic_clock<node_monotonic_clock>);

}  // namespace mirage::memory
