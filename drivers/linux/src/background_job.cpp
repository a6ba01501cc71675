// SPDX-License-Identifier: ISC
#include "mirage/linux/background_job.hpp"

#include "mirage/core/node.hpp"

namespace mirage {

void background_job::finish(std::unique_ptr<background_job> done) noexcept {
  detail::job_wait* who = std::exchange(done->who_, nullptr);
  if (who == nullptr) return;
  who->running_ = nullptr;
  who->job_ = std::move(done);
  os::here->tasks.wake(*who);
}

bool detail::job_wait::start(job_runner& runner) noexcept {
  background_job* started = job_.get();
  if (!runner.start(job_)) {
    job_.reset();
    return false;
  }
  running_ = started;
  running_->who_ = this;
  return true;
}

}  // namespace mirage
