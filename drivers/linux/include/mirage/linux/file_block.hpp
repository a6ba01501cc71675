// SPDX-License-Identifier: ISC
// A disk in a file of the host, or a block device of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "mirage/block_counters.hpp"
#include "mirage/core/buffer_list.hpp"
#include "mirage/core/counters.hpp"
#include "mirage/core/task.hpp"
#include "mirage/linux/file_descriptor.hpp"
#include "mirage/v1.hpp"

namespace mirage {

namespace detail {
class aligned_pool;
class block_ring;
struct block_job;
}  // namespace detail
class helper_thread;
class job_runner;

struct file_block_options {
  std::uint32_t sector_size = 512;
  bool read_only = false;
  /// Past the host's page cache (O_DIRECT), where the file system can do that for this sector size.
  bool direct = true;
  /// `automatic` takes io_uring where the kernel lets this process use it, else helper threads.
  enum class engine : std::uint8_t { automatic, ring, threads } by = engine::automatic;
  unsigned in_flight = 1024;              ///< operations; more get `no_memory`
  std::size_t memory = 64 * 1024 * 1024;  ///< bytes for what is read, and for copies of what is not aligned
};

enum class file_block_error : std::uint8_t {
  not_found,
  not_permitted,
  not_a_disk,
  too_small,
  no_engine,
  failed
};
[[nodiscard]] constexpr std::string_view describe(file_block_error error) noexcept {
  switch (error) {
    case file_block_error::not_found:
      return "the file of the disk does not exist; make it, or name another one";
    case file_block_error::not_permitted: return "opening the file of the disk is not permitted";
    case file_block_error::not_a_disk: return "a disk must be a regular file or a block device";
    case file_block_error::too_small: return "the file of the disk is shorter than a sector; make it longer";
    case file_block_error::no_engine: return "io_uring is not to be had here; use helper threads instead";
    default: return "the file of the disk cannot be opened";
  }
}

/// `v1::block`. Its size is that of the file at `start()`, in whole sectors. Discarding punches holes.
///
/// Not implemented: locking the file against a second user.
class file_block {
 public:
  /// `name` must outlive it.
  file_block(std::string_view name, std::string_view path, const file_block_options& options = {});
  file_block(const file_block&) = delete;
  file_block& operator=(const file_block&) = delete;
  /// Nothing may be in flight; buffers that were read may live on.
  ~file_block();

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  task<result<void, file_block_error>> start();
  /// Waits for what is in flight.
  task<> stop();

  [[nodiscard]] v1::block_info info() const noexcept { return info_; }
  task<result<buffer, v1::block_error>> read(std::uint64_t first, std::uint32_t count);
  task<result<void, v1::block_error>> write(std::uint64_t first, buffer data);
  task<result<void, v1::block_error>> write(std::uint64_t first, buffer_list data);
  task<result<void, v1::block_error>> flush();
  task<result<void, v1::block_error>> discard(std::uint64_t first, std::uint64_t count);

  /// For who wants to know how it works here: whether it is past the page cache, and through io_uring.
  [[nodiscard]] bool is_direct() const noexcept { return direct_; }
  [[nodiscard]] bool uses_ring() const noexcept { return ring_ != nullptr; }

 private:
  result<void, file_block_error> open() noexcept;
  [[nodiscard]] bool can_be_direct() const noexcept;
  [[nodiscard]] bool can_punch() const noexcept;
  bool start_engine();
  [[nodiscard]] bool is_inside(std::uint64_t first, std::uint64_t count) const noexcept;
  [[nodiscard]] bool is_aligned(const buffer_list& data) const noexcept;
  result<void, v1::block_error> outcome_of(const detail::block_job* job) noexcept;

  std::string_view name_;
  std::string path_;
  file_block_options options_;
  v1::block_info info_;
  file_descriptor file_;
  bool direct_ = false;
  std::size_t memory_alignment_ = 1;  // of a write that is not copied
  std::unique_ptr<detail::aligned_pool> pool_;
  std::unique_ptr<detail::block_ring> ring_;
  std::unique_ptr<helper_thread> threads_;
  job_runner* runner_ = nullptr;

  block_counters counters_{name_};
  counter copied_{counters_.label, "block_copied_writes_total",
                  "Writes that were copied because they were not aligned"};
};

static_assert(v1::block<file_block>);

}  // namespace mirage
