// SPDX-License-Identifier: ISC
#include "mirage/linux/helper_thread.hpp"

#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "mirage/core/os.hpp"
#include "mirage/linux/file_descriptor.hpp"

namespace mirage {

namespace {

constexpr unsigned most_threads = 16;

class lock_guard {
 public:
  explicit lock_guard(pthread_mutex_t& mutex) noexcept : mutex_(mutex) { ::pthread_mutex_lock(&mutex_); }
  lock_guard(const lock_guard&) = delete;
  lock_guard& operator=(const lock_guard&) = delete;
  ~lock_guard() { ::pthread_mutex_unlock(&mutex_); }

 private:
  pthread_mutex_t& mutex_;
};

class job_queue {
 public:
  void push(background_job& job) noexcept {
    job.next = nullptr;
    (last_ == nullptr ? first_ : last_->next) = &job;
    last_ = &job;
  }
  [[nodiscard]] std::unique_ptr<background_job> pop() noexcept {
    background_job* job = first_;
    if (job == nullptr) return nullptr;
    first_ = std::exchange(job->next, nullptr);
    if (first_ == nullptr) last_ = nullptr;
    return std::unique_ptr<background_job>(job);
  }
  [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }

 private:
  background_job* first_ = nullptr;
  background_job* last_ = nullptr;
};

}  // namespace

// What the two sides share; the last of them frees it.
struct helper_thread::shared {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t wanted = PTHREAD_COND_INITIALIZER;
  job_queue waiting;
  job_queue done;
  bool ending = false;
  unsigned users = 1;
  unsigned idle = 0;
  std::array<pthread_t, most_threads> threads;
  unsigned thread_count = 0;
  file_descriptor told;

  void tell() const noexcept {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(told.get(), &one, sizeof one);
  }
  // With the mutex held; gives whether the caller was the last.
  [[nodiscard]] bool leave() noexcept { return --users == 0; }
};

helper_thread::helper_thread(const options& chosen) noexcept : options_(chosen) {
  require(chosen.threads > 0 && chosen.threads <= most_threads, "a helper has one to sixteen threads");
}

helper_thread::~helper_thread() {
  require(in_flight_ == 0 || options_.may_be_left, "a device is destroyed while its work is in flight");
  if (shared_ == nullptr) return;
  machine::unwatch(*this, shared_->told.get());
  {
    const lock_guard locked(shared_->mutex);
    shared_->ending = true;
    while (shared_->waiting.pop() != nullptr) {
    }
    ::pthread_cond_broadcast(&shared_->wanted);
  }
  // A thread in the middle of a job is not waited for.
  for (unsigned i = 0; i < shared_->thread_count; ++i) {
    if (in_flight_ == 0) {
      ::pthread_join(shared_->threads[i], nullptr);
    } else {
      ::pthread_detach(shared_->threads[i]);
    }
  }
  bool last = false;
  {
    const lock_guard locked(shared_->mutex);
    while (shared_->done.pop() != nullptr) {
    }
    last = shared_->leave();
  }
  if (last) free_shared();
}

void helper_thread::free_shared() noexcept {
  std::unique_ptr<shared>(std::exchange(shared_, nullptr)).reset();
}

bool helper_thread::start_threads() noexcept {
  shared_ = std::make_unique<shared>().release();
  shared_->told = file_descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!shared_->told || !machine::watch(*this, shared_->told.get())) {
    free_shared();
    return false;
  }
  // Signals are for the thread of the loop.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  for (unsigned i = 0; i < options_.threads; ++i) {
    if (::pthread_create(&shared_->threads[i], nullptr, &helper_thread::run_thread, shared_) != 0) break;
    const lock_guard locked(shared_->mutex);
    ++shared_->users;
    ++shared_->thread_count;
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (shared_->thread_count > 0) return true;
  machine::unwatch(*this, shared_->told.get());
  free_shared();
  return false;
}

bool helper_thread::start(std::unique_ptr<background_job>& job) noexcept {
  if (in_flight_ >= options_.capacity) return false;
  if (shared_ == nullptr && !start_threads()) return false;
  ++in_flight_;
  idle_.reset();
  const lock_guard locked(shared_->mutex);
  shared_->waiting.push(*job.release());
  if (shared_->idle > 0) ::pthread_cond_signal(&shared_->wanted);
  return true;
}

void* helper_thread::run_thread(void* with) {
  auto& common = *static_cast<shared*>(with);
  ::pthread_mutex_lock(&common.mutex);
  while (true) {
    while (common.waiting.empty() && !common.ending) {
      ++common.idle;
      ::pthread_cond_wait(&common.wanted, &common.mutex);
      --common.idle;
    }
    if (common.ending) break;
    std::unique_ptr<background_job> job = common.waiting.pop();
    ::pthread_mutex_unlock(&common.mutex);
    job->work();
    ::pthread_mutex_lock(&common.mutex);
    if (common.ending) {
      ::pthread_mutex_unlock(&common.mutex);
      job.reset();
      ::pthread_mutex_lock(&common.mutex);
      break;
    }
    const bool first = common.done.empty();
    common.done.push(*job.release());
    if (first) common.tell();
  }
  const bool last = common.leave();
  ::pthread_mutex_unlock(&common.mutex);
  if (last) std::unique_ptr<shared>(&common).reset();
  return nullptr;
}

bool helper_thread::poll() noexcept {
  ready = 0;
  std::uint64_t told = 0;
  [[maybe_unused]] const auto read = ::read(shared_->told.get(), &told, sizeof told);
  job_queue done;
  {
    const lock_guard locked(shared_->mutex);
    done = std::exchange(shared_->done, job_queue());
  }
  while (std::unique_ptr<background_job> job = done.pop()) {
    --in_flight_;
    background_job::finish(std::move(job));
  }
  if (in_flight_ == 0) idle_.set();
  return false;
}

task<> helper_thread::stop() {
  while (in_flight_ > 0) co_await idle_;
}

}  // namespace mirage
