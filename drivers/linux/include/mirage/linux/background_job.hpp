// SPDX-License-Identifier: ISC
// Work that goes on without its task: on a helper thread, or in the kernel. The job owns everything that the
// work touches, so a task that is cancelled only stops waiting for it.
#pragma once

#include <concepts>
#include <coroutine>
#include <memory>
#include <utility>

#include "mirage/core/frame.hpp"
#include "mirage/core/waiter.hpp"

namespace mirage {

namespace detail {
class job_wait;
}

class background_job {
 public:
  background_job() noexcept = default;
  background_job(const background_job&) = delete;
  background_job& operator=(const background_job&) = delete;
  /// From the loop, unless the runner says otherwise.
  virtual ~background_job() = default;

  /// The blocking part; on another thread. It must not touch the node: no buffer is made, shared or dropped
  /// there, nothing is logged.
  virtual void work() noexcept = 0;

  /// From the loop, when it has been done: wakes who waits and gives the job back to it, or frees the job.
  static void finish(std::unique_ptr<background_job> done) noexcept;

  background_job* next = nullptr;  // in the runner's queue

 private:
  friend detail::job_wait;
  detail::job_wait* who_ = nullptr;
};

/// Starts jobs and finishes each from the loop, in any order.
class job_runner {
 public:
  /// Takes the job, or leaves it and gives false at a cap.
  [[nodiscard]] virtual bool start(std::unique_ptr<background_job>& job) noexcept = 0;

  template <std::derived_from<background_job> Job>
  class [[nodiscard]] awaiter;
  /// `auto done = co_await runner.run(std::move(job));` gives the same job back when its work is done, or
  /// null when there was no room for it.
  template <std::derived_from<background_job> Job>
  awaiter<Job> run(std::unique_ptr<Job> job) noexcept;

 protected:
  ~job_runner() = default;
};

namespace detail {

class job_wait : public waiter {
 public:
  explicit job_wait(std::unique_ptr<background_job> job) noexcept : job_(std::move(job)) {}
  ~job_wait() {
    if (running_ != nullptr) running_->who_ = nullptr;
  }

 protected:
  [[nodiscard]] bool start(job_runner& runner) noexcept;
  [[nodiscard]] std::unique_ptr<background_job> take() noexcept { return std::move(job_); }

 private:
  friend background_job;
  std::unique_ptr<background_job> job_;  // before and after it runs
  background_job* running_ = nullptr;
};

}  // namespace detail

template <std::derived_from<background_job> Job>
class job_runner::awaiter : detail::job_wait {
 public:
  awaiter(job_runner& runner, std::unique_ptr<Job> job) noexcept
      : job_wait(std::move(job)), runner_(runner) {}

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  template <task_promise Promise>
  bool await_suspend(std::coroutine_handle<Promise> who) noexcept {
    if (!start(runner_)) return false;
    suspend(who.promise(), "background job");
    return true;
  }
  [[nodiscard]] std::unique_ptr<Job> await_resume() noexcept {
    return std::unique_ptr<Job>(static_cast<Job*>(take().release()));
  }

 private:
  job_runner& runner_;
};

template <std::derived_from<background_job> Job>
job_runner::awaiter<Job> job_runner::run(std::unique_ptr<Job> job) noexcept {
  return {*this, std::move(job)};
}

}  // namespace mirage
