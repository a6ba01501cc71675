// SPDX-License-Identifier: ISC
#include "mirage/linux/file_block.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "aligned_pool.hpp"
#include "block_job.hpp"
#include "block_ring.hpp"
#include "mirage/core/log.hpp"
#include "mirage/linux/helper_thread.hpp"

namespace mirage {

namespace {

constexpr log_source block_log{"block"};
constexpr unsigned helper_threads = 4;
constexpr std::uint64_t longest_operation = std::uint64_t{1} << 30;

file_block_error open_error_of(int error) noexcept {
  switch (error) {
    case ENOENT: return file_block_error::not_found;
    case EACCES:
    case EPERM:
    case EROFS: return file_block_error::not_permitted;
    case EISDIR: return file_block_error::not_a_disk;
    default: return file_block_error::failed;
  }
}

v1::block_error block_error_of(int error) noexcept {
  switch (error) {
    case ENOMEM: return v1::block_error::no_memory;
    case ENODEV:
    case ENXIO: return v1::block_error::disconnected;
    case EROFS: return v1::block_error::read_only;
    default: return v1::block_error::device_failed;
  }
}

}  // namespace

file_block::file_block(std::string_view name, std::string_view path, const file_block_options& options)
    : name_(name), path_(path), options_(options) {}

file_block::~file_block() = default;

// ---- Starting and stopping -----------------------------------------------------------------------------

// What the file system says of direct I/O on this file; old kernels say nothing.
bool file_block::can_be_direct() const noexcept {
  struct statx about{};
  if (::statx(file_.get(), "", AT_EMPTY_PATH, STATX_DIOALIGN, &about) != 0) return false;
  if ((about.stx_mask & STATX_DIOALIGN) == 0) return options_.sector_size >= detail::aligned_pool::alignment;
  return about.stx_dio_mem_align != 0 && about.stx_dio_mem_align <= detail::aligned_pool::alignment &&
         options_.sector_size % about.stx_dio_offset_align == 0;
}

// Beyond the end there is nothing to lose.
bool file_block::can_punch() const noexcept {
  const auto end = static_cast<off_t>(info_.sectors * info_.sector_size + info_.sector_size);
  return !info_.read_only &&
         ::fallocate(file_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, end, info_.sector_size) == 0;
}

result<void, file_block_error> file_block::open() noexcept {
  const int access = options_.read_only ? O_RDONLY : O_RDWR;
  file_ = file_descriptor(::open(path_.c_str(), access | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file_) return fail(open_error_of(errno));
  struct stat about{};
  if (::fstat(file_.get(), &about) != 0) return fail(open_error_of(errno));
  std::uint64_t size = 0;
  if (S_ISREG(about.st_mode)) {
    size = static_cast<std::uint64_t>(about.st_size);
  } else if (!S_ISBLK(about.st_mode) || ::ioctl(file_.get(), BLKGETSIZE64, &size) != 0) {
    return fail(file_block_error::not_a_disk);
  }
  const int flags = ::fcntl(file_.get(), F_GETFL) & ~O_NONBLOCK;
  direct_ = options_.direct && can_be_direct() && ::fcntl(file_.get(), F_SETFL, flags | O_DIRECT) == 0;
  if (!direct_) ::fcntl(file_.get(), F_SETFL, flags);
  info_ = {.sector_size = options_.sector_size,
           .sectors = size / options_.sector_size,
           .read_only = options_.read_only,
           .can_discard = false};
  if (info_.sectors == 0) return fail(file_block_error::too_small);
  info_.can_discard = S_ISREG(about.st_mode) && can_punch();
  return {};
}

bool file_block::start_engine() {
  using engine = file_block_options::engine;
  if (options_.by != engine::threads) {
    ring_ = std::make_unique<detail::block_ring>(options_.in_flight);
    runner_ = ring_.get();
    if (ring_->open()) return true;
    ring_.reset();
    if (options_.by == engine::ring) return false;
    block_log.info("{}: io_uring is not to be had here; helper threads are used instead", name_);
  }
  const helper_thread::options chosen{.threads = helper_threads, .capacity = options_.in_flight};
  threads_ = std::make_unique<helper_thread>(chosen);
  runner_ = threads_.get();
  return true;
}

task<result<void, file_block_error>> file_block::start() {
  require(options_.sector_size >= 512 && (options_.sector_size & (options_.sector_size - 1)) == 0,
          "a sector has a power of two of bytes, 512 at least");
  auto opened = open();
  if (opened && !start_engine()) opened = fail(file_block_error::no_engine);
  if (!opened) {
    block_log.error("{}: the disk {} cannot be used", name_, path_);
    co_return opened;
  }
  pool_ = std::make_unique<detail::aligned_pool>(options_.memory);
  if (direct_) memory_alignment_ = options_.sector_size;
  block_log.debug("{}: {} has {} sectors of {} bytes, {}, {}", name_, path_, info_.sectors, info_.sector_size,
                  direct_ ? "direct" : "cached", uses_ring() ? "io_uring" : "threads");
  co_return opened;
}

task<> file_block::stop() {
  if (ring_ != nullptr) co_await ring_->stop();
  if (threads_ != nullptr) co_await threads_->stop();
}

// ---- Operations ----------------------------------------------------------------------------------------

bool file_block::is_inside(std::uint64_t first, std::uint64_t count) const noexcept {
  return first <= info_.sectors && count <= info_.sectors - first;
}

bool file_block::is_aligned(const buffer_list& data) const noexcept {
  for (const buffer& each : data) {
    const auto address = reinterpret_cast<std::uintptr_t>(each.data());
    if (each.empty()) continue;
    if (address % memory_alignment_ != 0 || each.size() % memory_alignment_ != 0) return false;
  }
  return true;
}

result<void, v1::block_error> file_block::outcome_of(const detail::block_job* job) noexcept {
  if (job == nullptr) {
    ++counters_.refused;
    return fail(v1::block_error::no_memory);
  }
  if (job->error == 0) return {};
  ++counters_.failed;
  return fail(block_error_of(job->error));
}

task<result<buffer, v1::block_error>> file_block::read(std::uint64_t first, std::uint32_t count) {
  if (!is_inside(first, count)) co_return fail(v1::block_error::out_of_range);
  const std::uint64_t size = std::uint64_t{count} * info_.sector_size;
  if (size == 0) co_return buffer();
  ++counters_.reads;
  buffer room = size <= longest_operation ? pool_->allocate(size) : buffer();
  if (!room) {
    ++counters_.refused;
    co_return fail(v1::block_error::no_memory);
  }
  auto job = std::make_unique<detail::block_job>(detail::block_job::kind::read, file_.get());
  job->offset = first * info_.sector_size;
  job->set_memory(std::move(room));
  auto done = co_await runner_->run(std::move(job));
  MIRAGE_CO_TRY_VOID(outcome_of(done.get()));
  co_return std::move(done->memory.front());
}

task<result<void, v1::block_error>> file_block::write(std::uint64_t first, buffer data) {
  buffer_list list;
  list.push_back(std::move(data));
  return write(first, std::move(list));
}

task<result<void, v1::block_error>> file_block::write(std::uint64_t first, buffer_list data) {
  const std::uint64_t size = total_size(data);
  if (info_.read_only) co_return fail(v1::block_error::read_only);
  if (size % info_.sector_size != 0) co_return fail(v1::block_error::misaligned);
  if (!is_inside(first, size / info_.sector_size)) co_return fail(v1::block_error::out_of_range);
  if (size == 0) co_return {};
  ++counters_.writes;
  auto job = std::make_unique<detail::block_job>(detail::block_job::kind::write, file_.get());
  job->offset = first * info_.sector_size;
  if (is_aligned(data)) {
    job->set_memory(std::move(data));
  } else {
    buffer copy = size <= longest_operation ? pool_->allocate(size) : buffer();
    if (!copy) {
      ++counters_.refused;
      co_return fail(v1::block_error::no_memory);
    }
    ++copied_;
    std::byte* to = copy.writable().data();
    for (const buffer& each : data) {
      if (each.empty()) continue;
      std::memcpy(to, each.data(), each.size());
      to += each.size();
    }
    data.clear();
    job->set_memory(std::move(copy));
  }
  auto done = co_await runner_->run(std::move(job));
  co_return outcome_of(done.get());
}

task<result<void, v1::block_error>> file_block::flush() {
  if (info_.read_only) co_return {};
  auto job = std::make_unique<detail::block_job>(detail::block_job::kind::flush, file_.get());
  auto done = co_await runner_->run(std::move(job));
  co_return outcome_of(done.get());
}

task<result<void, v1::block_error>> file_block::discard(std::uint64_t first, std::uint64_t count) {
  if (info_.read_only) co_return fail(v1::block_error::read_only);
  if (!is_inside(first, count)) co_return fail(v1::block_error::out_of_range);
  if (count == 0 || !info_.can_discard) co_return {};
  auto job = std::make_unique<detail::block_job>(detail::block_job::kind::discard, file_.get());
  job->offset = first * info_.sector_size;
  job->length = count * info_.sector_size;
  auto done = co_await runner_->run(std::move(job));
  co_return outcome_of(done.get());
}

}  // namespace mirage
