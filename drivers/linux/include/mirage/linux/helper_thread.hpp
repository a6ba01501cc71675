// SPDX-License-Identifier: ISC
// The one place with threads. What the kernel or the C library offers only as a blocking call (reading a
// file, looking up a name) is a job for a helper thread; its end comes to the loop through an eventfd(2).
// Neither side ever waits for a lock that the other holds for longer than it takes to move a pointer.
#pragma once

#include <memory>

#include "mirage/core/event.hpp"
#include "mirage/core/machine.hpp"
#include "mirage/core/task.hpp"
#include "mirage/linux/background_job.hpp"

namespace mirage {

class helper_thread final : public job_runner, machine::descriptor_source {
 public:
  struct options {
    unsigned threads = 1;    ///< jobs that run at once
    unsigned capacity = 64;  ///< jobs that wait, run, or are done and not yet told
    /// Jobs that may take longer than anybody wants to wait at the end, like a lookup: the destructor leaves
    /// them to their threads, which destroy them. Without it, jobs in flight then are a programmer's error.
    bool may_be_left = false;
  };

  explicit helper_thread(const options& chosen) noexcept;
  helper_thread(const helper_thread&) = delete;
  helper_thread& operator=(const helper_thread&) = delete;
  ~helper_thread();

  /// The first one starts the threads. False at the cap, and when the system gives no thread.
  [[nodiscard]] bool start(std::unique_ptr<background_job>& job) noexcept override;

  /// Waits until nothing is in flight.
  task<> stop();

  [[nodiscard]] unsigned in_flight() const noexcept { return in_flight_; }

 private:
  struct shared;
  [[nodiscard]] bool start_threads() noexcept;
  void free_shared() noexcept;
  static void* run_thread(void* with);
  bool poll() noexcept override;

  options options_;
  shared* shared_ = nullptr;
  unsigned in_flight_ = 0;
  event idle_;
};

}  // namespace mirage
