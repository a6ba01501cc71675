// SPDX-License-Identifier: ISC
// A node for unit tests: virtual time, captured console, seeded entropy, no devices. It fills the seams
// `os::platform` and `machine`, so that a test needs no target and nothing in it depends on the machine.
//
//   mirage::test::virtual_node node;
//   EXPECT_EQ(node.run(answer()), 42);                       // time jumps from deadline to deadline
//   EXPECT_TRUE(node.run_until([&] { return done; }, 10s));
//   node.advance(3s);
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "mirage/core/machine.hpp"
#include "mirage/core/node.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/scope.hpp"
#include "mirage/core/task.hpp"
#include "mirage/core/time.hpp"
#include "mirage/core/when.hpp"

namespace mirage::test {

/// Where virtual time begins: on a tick of the timer wheel, and not at nought.
inline constexpr instant virtual_start{1000s};
/// 2026-01-01T00:00:00Z.
inline constexpr wall_time virtual_wall_start{duration{1'767'225'600s}};

/// `os::here` is this node from its making to its end; then it is what it was before. A failed check of
/// core's prints one line to standard error and aborts, so that `EXPECT_DEATH(..., "why")` can hold it.
/// Everything that core makes (tasks, scopes, buffers, counters) must be gone before the node is.
class virtual_node : public os::node {
 public:
  explicit virtual_node(os::limits caps = {}, std::uint64_t seed = 1);
  ~virtual_node();

  /// Makes this the node that runs, where a test has several.
  void enter() noexcept { os::here = this; }

  // ---- Time ----

  /// Virtual time; `os::now()` follows with the next round.
  [[nodiscard]] instant time() const noexcept { return time_; }
  /// Moves the clock without a round. For exact control; mostly `advance` is meant.
  void set_time(instant time) noexcept { time_ = time; }
  /// The wall clock runs along with virtual time from here on.
  void set_wall(wall_time wall) noexcept {
    wall_offset_ = wall.time_since_epoch() - time_.time_since_epoch();
  }
  /// What a round costs in virtual time; nothing by default, so a task that spins on `yield()` needs it.
  void set_round_time(duration cost) noexcept { round_time_ = cost; }

  /// One round now; gives when the next is wanted.
  instant step() noexcept { return run_round(); }
  /// Rounds at this point of time until nothing is ready.
  void settle() noexcept {
    while (step() <= time_) time_ += round_time_;
  }
  /// Lets `length` pass: every round that is wanted in it takes place, each at its time, and one at the end.
  void advance(duration length) {
    run_until([] { return false; }, length);
  }
  /// Rounds, each at its time, until `done()`, which is looked at after each; false if `limit` of virtual
  /// time was over first.
  template <std::predicate Done>
  bool run_until(Done done, duration limit = 24h) {
    const instant end = later(time_, limit);
    while (true) {
      const instant next = step();
      if (done()) return true;
      if (time_ == end && (next > end || round_time_ > duration::zero())) return false;
      time_ = std::min(end, std::max(next, time_ + round_time_));
    }
  }

  /// Runs the task to its end and gives its result, or throws what escaped from it. If it has not ended
  /// within `limit` of virtual time, or nothing is left that could wake it, fails with the list of the live
  /// tasks.
  template <class T>
  T run(task<T> work, duration limit = 24h) {
    std::optional<detail::value_of<T>> value;
    outcome ended;
    {
      scope running;
      const auto spawned = running.spawn("test", keep(std::move(work), value, ended));
      require(spawned.has_value(), "the frame pool has no room for the task under test");
      if (!run_until([&] { return running.size() == 0; }, limit)) stuck();
    }
    ended.rethrow();
    if constexpr (!std::is_void_v<T>) return *std::move(value);
  }

  // ---- What can be seen ----

  /// All that was written to the console so far, or since it was taken.
  [[nodiscard]] const std::string& console_text() const noexcept { return console_; }
  [[nodiscard]] std::string take_console() noexcept { return std::exchange(console_, {}); }

  /// A line a live task, as `depth name: what it waits for`.
  [[nodiscard]] std::string live_tasks();

  // ---- Devices ----

  /// The source that watches the descriptor, or the interrupt, or null. To report an event, set what is
  /// `ready` and call `report`.
  [[nodiscard]] machine::descriptor_source* watching(int descriptor) const noexcept;
  [[nodiscard]] event_source* watching_interrupt(unsigned interrupt) const noexcept;
  void report(event_source& source) noexcept { tasks.mark(source); }

 private:
  friend struct seam;
  struct outcome {
#if MIRAGE_EXCEPTIONS
    std::exception_ptr failure;
    void rethrow() {
      if (failure) std::rethrow_exception(failure);
    }
#else
    void rethrow() {}
#endif
  };
  template <class T>
  static task<void> keep(task<T> work, std::optional<detail::value_of<T>>& to, outcome& ended) {
#if MIRAGE_EXCEPTIONS
    try {
      co_await detail::store(std::move(work), to);
    } catch (...) {
      ended.failure = std::current_exception();
    }
#else
    static_cast<void>(ended);
    co_await detail::store(std::move(work), to);
#endif
  }
  [[noreturn]] void stuck();

  os::node* before_;
  instant time_ = virtual_start;
  duration wall_offset_ = virtual_wall_start.time_since_epoch() - virtual_start.time_since_epoch();
  duration round_time_{};
  std::uint64_t random_state_;
  std::string console_;
  std::vector<std::pair<machine::descriptor_source*, int>> descriptors_;
  std::vector<std::pair<event_source*, unsigned>> interrupts_;
};

}  // namespace mirage::test
