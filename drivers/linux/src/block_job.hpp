// SPDX-License-Identifier: ISC
// One operation on the file behind a disk. A helper thread carries it out as blocking calls; io_uring is told
// what to do and what came of it.
#pragma once

#include <liburing.h>
#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "mirage/core/buffer_list.hpp"
#include "mirage/linux/background_job.hpp"

namespace mirage::detail {

struct block_job final : background_job {
  enum class kind : std::uint8_t { read, write, flush, discard };

  block_job(kind of, int in) noexcept : what(of), file(in) {}

  /// What is read into, or written from.
  void set_memory(buffer one) noexcept;
  void set_memory(buffer_list all) noexcept;

  void work() noexcept override;

  void prepare(io_uring_sqe& entry) noexcept;
  /// Takes the kernel's answer; false when it is to be asked again, for the rest.
  [[nodiscard]] bool advance(int answer) noexcept;

  kind what;
  int file;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  int error = 0;  // as errno
  buffer_list memory;

 private:
  std::array<iovec, buffer_list::capacity()> parts_;
  std::size_t first_ = 0;
  std::size_t count_ = 0;
};

}  // namespace mirage::detail
