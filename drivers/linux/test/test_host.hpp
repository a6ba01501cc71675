// SPDX-License-Identifier: ISC
// A node on the real kernel for tests: real descriptors and real time, so every run has a limit.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include <mirage/core/loop.hpp>
#include <mirage/core/scope.hpp>
#include <mirage/core/task.hpp>
#include <mirage/core/when.hpp>
#include <mirage/linux/host_node.hpp>

namespace mirage::test {

class test_host final : public host_node {
 public:
  test_host();
  ~test_host();

  /// Runs the loop until the task has ended; throws, with the list of live tasks, when that takes too long.
  template <class T>
  T run(task<T> work, duration limit = 10s) {
    std::optional<detail::value_of<T>> result;
    scope running;
    auto spawned = running.spawn("test", detail::store(std::move(work), result));
    if (!spawned) throw std::runtime_error("no room for the test's task");
    if (!run_until([&] { return result.has_value(); }, limit)) throw std::runtime_error(stuck());
    if constexpr (!std::is_void_v<T>) return *std::move(result);
  }

  /// False when it did not become true within the limit.
  template <class Predicate>
  bool run_until(Predicate done, duration limit = 10s) {
    const instant deadline = host::read_monotonic() + limit;
    while (true) {
      const instant next = run_round();
      if (done()) return true;
      if (host::read_monotonic() > deadline) return false;
      events.wait(tasks, next < deadline ? next : deadline, coalesce());
    }
  }

  /// Runs the loop for that long.
  void run_for(duration length) {
    run_until([] { return false; }, length);
  }

  /// The value of a counter, added up over those of the name whose labels have the text.
  [[nodiscard]] std::uint64_t counted(std::string_view name, std::string_view labels = {});

  std::string console;

 private:
  [[nodiscard]] std::string stuck();
  os::node* before_;
};

/// Cancels a scope from the poll of a source, so during an upcall; marked behind a device, right after it.
class canceller final : public event_source {
 public:
  explicit canceller(scope& target) noexcept : target_(target) {}
  bool poll() noexcept override {
    target_.cancel();
    return false;
  }

 private:
  scope& target_;
};

/// How many descriptors this process has open.
[[nodiscard]] unsigned open_descriptors();

}  // namespace mirage::test
