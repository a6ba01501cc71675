// SPDX-License-Identifier: ISC
// Runs block jobs through io_uring(7): those of a round of the loop are handed over by one system call, and
// their ends are read from memory.
#pragma once

#include <liburing.h>

#include <memory>

#include "mirage/core/event.hpp"
#include "mirage/core/loop.hpp"
#include "mirage/core/machine.hpp"
#include "mirage/core/task.hpp"
#include "mirage/linux/background_job.hpp"

namespace mirage::detail {

class block_ring final : public job_runner, machine::descriptor_source, doorbell {
 public:
  explicit block_ring(unsigned capacity) noexcept : capacity_(capacity) {}
  block_ring(const block_ring&) = delete;
  block_ring& operator=(const block_ring&) = delete;
  ~block_ring();

  /// False where io_uring is not allowed or too old.
  [[nodiscard]] bool open() noexcept;

  /// Only block jobs.
  [[nodiscard]] bool start(std::unique_ptr<background_job>& job) noexcept override;
  task<> stop();

 private:
  void submit(background_job& job) noexcept;
  void ring() noexcept override;
  bool poll() noexcept override;

  io_uring ring_{};
  bool open_ = false;
  unsigned capacity_;
  unsigned in_flight_ = 0;
  event idle_;
};

}  // namespace mirage::detail
